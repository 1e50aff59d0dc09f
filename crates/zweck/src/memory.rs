//! What the C library keeps of the memory that was freed.
#![expect(unsafe_code, reason = "only calls of the C library reach the allocator")]

/// From how many bytes on a piece of memory is one of the system's, to which it goes back once it
/// is free. Left to itself, the GNU C library raises this up to 32 MiB as large pieces are freed.
#[cfg(target_env = "gnu")]
const LARGE: i32 = 128 << 10;

/// How many arenas threads share; by default eight for each processor. What is free in one is of
/// no use to the threads of another.
#[cfg(target_env = "gnu")]
const ARENAS: i32 = 2;

/// Keeps little of what is freed, for work that goes on for long in batches: what one thread has
/// built, another one frees, and the buffers of one batch fit into the gaps of none.
///
/// It is called before there are other threads. Other C libraries than GNU's are left as they are.
pub(crate) fn keep_little() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the calls set a number each, from the only thread that there is; an allocator that
    // does not take one says so, and goes on as before.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_ARENA_MAX, ARENAS);
    }
}

/// Gives back what is free by now, before work of another kind, to whose pieces the gaps that the
/// last one left are of no use.
pub(crate) fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the call takes only what is free, and locks each arena while it looks.
    unsafe {
        libc::malloc_trim(0);
    }
}
