#pragma once
// XXH3-128 of texts: tells data sets and files apart and finds damage. Not for security.

#include <memory>
#include <string>
#include <string_view>

namespace redline {

class Fingerprint {
 public:
  Fingerprint();
  ~Fingerprint();
  Fingerprint(const Fingerprint& other);
  Fingerprint& operator=(const Fingerprint& other);

  // Bytes as they come: the same for any cut of them.
  void add_bytes(std::string_view bytes);
  // A text with its length before it, so that moving a boundary between two changes the hash.
  void add(std::string_view text);

  // Of all that was added so far, 32 hexadecimal digits.
  [[nodiscard]] std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace redline
