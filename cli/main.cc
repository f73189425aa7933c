#include <cstdio>
#include "app/classify.h"
int main(int argc, char** argv) {
  redline::app::WorkspaceOptions o; o.executable = argv[0];
  auto w = redline::app::open_workspace(o);
  if (!w) { std::fputs(redline::render(w.error()).c_str(), stderr); return 3; }
  redline::app::ClassifyRequest r;
  if (argc > 1) r.chips = {argv[1]};
  if (argc > 2) r.to = argv[2];
  if (argc > 3) r.as_of = *redline::parse_date(argv[3]);
  if (argc > 4) r.why = true;
  auto a = redline::app::classify(*w, r);
  if (!a) { std::fputs(redline::render(a.error()).c_str(), stderr); return 2; }
  std::fputs(redline::app::render(*a, {}, {}).c_str(), stdout);
}
