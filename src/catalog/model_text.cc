#include "catalog/model_text.h"

#include <fmt/format.h>

#include "catalog/model_records.h"

namespace redline {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || byte == 0x7FU) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c == '"' || c == '\\' ? "\\" : "";
      out += c;
    }
  }
  return out + "\"";
}

std::string value_text(bool value) { return value ? "true" : "false"; }
std::string value_text(int value) { return fmt::to_string(value); }
std::string value_text(const std::string& value) { return quoted(value); }
std::string value_text(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    out += (out.empty() ? "" : ", ") + quoted(value);
  }
  return "[" + out + "]";
}
template <data::IsNamedEnum E>
std::string value_text(E value) {
  return quoted(data::name_of(value));
}

template <class R>
std::string lines_of(const R& record, const R& usual);

template <class T>
constexpr bool kHasText = requires(const T& value) { value_text(value); };

template <class T>
std::string line(std::string_view key, const T& value) {
  return fmt::format("{} = {}\n", key, value_text(value));
}
template <class R>
std::string table(std::string_view key, const R& record) {
  const std::string lines = lines_of(record, R{});
  return lines.empty() ? lines : fmt::format("\n[{}]\n{}", key, lines);
}

// A field that must be there, or differs from what it is where it is left out.
template <class T>
std::string field_text(std::string_view key, const T& value, const T& usual, bool required) {
  if constexpr (kHasText<T>) {
    return required || value != usual ? line(key, value) : std::string();
  } else if constexpr (data::IsRecord<T>) {
    return table(key, value);
  } else {
    return {};
  }
}
template <class T>
std::string field_text(std::string_view key, const std::optional<T>& value,
                       const std::optional<T>& /*usual*/, bool /*required*/) {
  if (!value) {
    return {};
  }
  if constexpr (kHasText<T>) {
    return line(key, *value);
  } else if constexpr (data::IsRecord<T>) {
    return table(key, *value);
  } else {
    return {};
  }
}

template <class R>
std::string lines_of(const R& record, const R& usual) {
  std::string out;
  std::apply(
      [&](const auto&... field) {
        ((out += field_text(field.key, record.*(field.member), usual.*(field.member),
                            field.options.required)),
         ...);
      },
      data::Record<R>::fields());
  return out;
}

}  // namespace

std::string model_toml(const LlmModel& model) {
  LlmModel written = model;
  written.published = {};
  written.released.reset();
  return lines_of(written, LlmModel{});
}

}  // namespace redline
