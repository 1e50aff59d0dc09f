use tokio::runtime::{Builder, Handle, Runtime};

/// A thread of its own for requests to a bucket: a lease is renewed, and an answer is read, also
/// while everybody else computes or has nobody to wait for them.
#[derive(Debug)]
pub(crate) struct Requests(Option<Runtime>, Handle);

impl Requests {
    pub(crate) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("lake-requests")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        Ok(Self(Some(runtime), handle))
    }

    pub(crate) fn handle(&self) -> Handle {
        self.1.clone()
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        // the usual drop waits, which nothing may do where others wait for answers
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
