#pragma once
// Ctrl-C in long runs: the first asks to stop, a later one ends the program.

namespace redline::cli {

// From here on the first SIGINT or SIGTERM only sets a mark, and interrupts a blocking read.
void catch_interrupts();
[[nodiscard]] bool interrupted();

}  // namespace redline::cli
