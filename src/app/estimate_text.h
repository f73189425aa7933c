#pragma once
// What estimates of operators and of steps say alike.

#include <string>
#include <vector>

#include "redline/message.h"

#include "app/report.h"
#include "results/words.h"

namespace redline::app {

// "12.3 µs", with three digits.
[[nodiscard]] std::string time_text(double seconds);
// In English, as machine output has them.
[[nodiscard]] Json texts_json(const std::vector<Message>& messages);

// "Taken as given: …", where there is anything.
void describe_assumptions(const std::vector<Message>& assumptions, const results::Words& say,
                          std::vector<Block>& blocks);

}  // namespace redline::app
