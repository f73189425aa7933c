#pragma once
// Loops over lanes are compiled twice on x86: for every processor, and for those with vectors of
// four doubles; the loader takes the one that fits. Both give the same numbers, since products and
// sums are not fused (-ffp-contract=off). Sanitizers start too late for such a choice.

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define REDLINE_LANES __attribute__((target_clones("avx2", "default")))
#else
#define REDLINE_LANES
#endif

// Stands before a loop over lanes: they are independent of each other, which a compiler cannot see
// through pointers.
#if defined(__GNUC__) && !defined(__clang__)
#define REDLINE_INDEPENDENT _Pragma("GCC ivdep")
#else
#define REDLINE_INDEPENDENT
#endif
