#include "base/fingerprint.h"

#include <cstdint>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace redline {

struct Fingerprint::State {
  XXH3_state_t xxh;
};

Fingerprint::Fingerprint() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh); }
Fingerprint::~Fingerprint() = default;
Fingerprint::Fingerprint(const Fingerprint& other)
    : state_(std::make_unique<State>(*other.state_)) {}
Fingerprint& Fingerprint::operator=(const Fingerprint& other) {
  *state_ = *other.state_;
  return *this;
}

void Fingerprint::add_bytes(std::string_view bytes) {
  XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
}

void Fingerprint::add(std::string_view text) {
  const std::uint64_t size = text.size();
  XXH3_128bits_update(&state_->xxh, &size, sizeof size);
  add_bytes(text);
}

std::string Fingerprint::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace redline
