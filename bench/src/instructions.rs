//! Where callgrind begins to count.
#![expect(unsafe_code, reason = "valgrind is spoken to by instructions that do nothing else")]

/// The request of valgrind's tool `CT` to begin instrumenting, from `callgrind.h`.
const START_INSTRUMENTATION: u64 = 0x4354_0004;

/// Has callgrind, started with `--instr-atstart=no`, count from here on: what comes before runs
/// many times as fast. Without valgrind nothing happens.
#[cfg(target_arch = "x86_64")]
pub fn count_from_here() {
    let request = [START_INSTRUMENTATION, 0, 0, 0, 0, 0];
    // SAFETY: the rotations leave `rdi` as it was, and the exchange `rbx`; valgrind, which knows
    // the sequence, reads the request and writes its answer to `rdx`.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") 0_u64 => _,
        );
    }
}

/// On other processors callgrind has to be started with `--instr-atstart=yes`.
#[cfg(not(target_arch = "x86_64"))]
pub fn count_from_here() {}
