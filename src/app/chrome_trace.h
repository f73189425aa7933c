#pragma once
// A run as a trace for chrome://tracing and Perfetto: one track a replica (and lane of its
// pipeline), written as the run goes.

#include <fstream>
#include <string>

#include "redline/error.h"
#include "redline/simulation.h"

namespace redline::app {

class ChromeTrace final : public SimulationLog {
 public:
  // Writes beside `path` until the run is over, so that a file there is a whole one.
  ChromeTrace(std::string path, const ClusterSpec& cluster);
  ~ChromeTrace() override;
  ChromeTrace(const ChromeTrace&) = delete;
  ChromeTrace& operator=(const ChromeTrace&) = delete;

  void step(const Step& step) override;
  void note(std::string_view what, int pool, int replica, double at_s) override;

  // Ends the file. Errors: kOutputUnwritable.
  [[nodiscard]] std::optional<Error> finish();

 private:
  void name_tracks(const PoolSpec& pool, int index, std::string_view name);
  [[nodiscard]] int track(int pool, int replica, int lane) const;
  void write(const std::string& event);

  std::string path_, unfinished_;
  std::ofstream out_;
  bool first_ = true;
  int lanes_[2] = {1, 1};
};

}  // namespace redline::app
