#include "store/row_text.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/errors.h"

namespace redline::store {
namespace {

namespace fs = std::filesystem;
using results::Format;
using Json = nlohmann::ordered_json;

Error cannot_write(const std::string& path, std::string_view why) {
  return {Code::kOutputUnwritable,
          fmt::format("cannot write {}: {}",
                      path.empty() ? std::string("to standard output") : fmt::format("'{}'", path),
                      why),
          std::nullopt,
          {"what it was to be made from is as it was"},
          {}};
}

class StreamStore final : public RowStore {
 public:
  StreamStore(const Manifest& manifest, Format format, RowEnvelope envelope, TextOutput& out)
      : out_(out),
        writer_(out, format, std::move(envelope), Columns(manifest.dimensions)),
        next_(manifest.first) {}

  [[nodiscard]] std::uint64_t next() const override { return next_; }
  [[nodiscard]] const Tally& tally() const override { return tally_; }
  [[nodiscard]] bool finished() const override { return false; }

  Result<void> append(const Row& row) override {
    if (auto begun = begin(); !begun) {
      return begun;
    }
    tally_.add(row.status);
    next_ = row.point + 1;
    return writer_.row(row);
  }
  Result<void> commit(std::uint64_t next) override {
    next_ = next;
    return out_.flush();
  }
  Result<void> finish(std::string_view) override {
    auto done = begin();
    done = done ? writer_.end(tally_) : done;
    return done ? out_.flush() : done;
  }

 private:
  Result<void> begin() { return std::exchange(begun_, true) ? Result<void>() : writer_.begin(); }

  TextOutput& out_;
  RowWriter writer_;
  std::uint64_t next_;
  Tally tally_{};
  bool begun_ = false;
};

}  // namespace

Result<TextOutput> TextOutput::create(const std::string& path) {
  std::error_code code;
  const bool special = fs::exists(path, code) && !fs::is_regular_file(path, code);
  if (special && fs::is_directory(path, code)) {
    return tl::unexpected(cannot_write(path, "it is a folder"));
  }
  if (auto made = make_folder_of(path); !made) {
    return tl::unexpected(made.error());
  }
  std::string temporary = special ? std::string() : path + ".writing";
  std::FILE* file = std::fopen(special ? path.c_str() : temporary.c_str(), "wb");
  if (file == nullptr) {
    return tl::unexpected(cannot_write(path, std::strerror(errno)));
  }
  return TextOutput(file, path, std::move(temporary));
}

TextOutput TextOutput::stream(std::FILE* stream) { return {stream, {}, {}}; }

TextOutput::TextOutput(TextOutput&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      closed_(other.closed_.load()) {}

TextOutput::~TextOutput() {
  if (file_ == nullptr || path_.empty()) {
    return;
  }
  std::fclose(file_);
  if (!temporary_.empty()) {
    std::error_code ignored;
    fs::remove(temporary_, ignored);
  }
}

Result<void> TextOutput::failed() {
  const int why = errno;
  if (why == EPIPE && temporary_.empty()) {
    closed_ = true;
    return {};
  }
  return tl::unexpected(cannot_write(path_, std::strerror(why)));
}

Result<void> TextOutput::write(std::string_view text) {
  if (closed_ || std::fwrite(text.data(), 1, text.size(), file_) == text.size()) {
    return {};
  }
  return failed();
}

Result<void> TextOutput::flush() {
  return closed_ || std::fflush(file_) == 0 ? Result<void>() : failed();
}

Result<void> TextOutput::finish() {
  if (path_.empty()) {
    return flush();
  }
  if (auto done = flush(); !done || closed_) {
    return done;
  }
  if (!temporary_.empty() && ::fsync(::fileno(file_)) != 0) {
    return failed();
  }
  std::FILE* file = std::exchange(file_, nullptr);
  if (std::fclose(file) != 0) {
    return failed();
  }
  if (temporary_.empty()) {
    return {};
  }
  std::error_code code;
  fs::rename(temporary_, path_, code);
  return code ? Result<void>(tl::unexpected(cannot_write(path_, code.message()))) : Result<void>();
}

RowWriter::RowWriter(TextOutput& out, Format format, RowEnvelope envelope, Columns columns)
    : out_(out), format_(format), envelope_(std::move(envelope)), columns_(std::move(columns)) {}

Result<void> RowWriter::begin() {
  if (format_ == Format::kJson) {
    return out_.write(envelope_.head);
  }
  if (format_ != Format::kCsv) {
    return {};
  }
  std::vector<results::Cell> names;
  for (const RowColumn& column : columns_.list()) {
    names.emplace_back(column.name);
  }
  return out_.write(results::csv_line(names));
}

Result<void> RowWriter::row(const Row& row) {
  if (format_ == Format::kCsv) {
    return out_.write(results::csv_line(
        columns_.cells(Json::parse(row.text, nullptr, /*allow_exceptions=*/false))));
  }
  if (format_ == Format::kJson) {
    const bool first = std::exchange(first_, false);
    return out_.write((first ? "\n" : ",\n") + row.text);
  }
  return out_.write(row.text + "\n");
}

Result<void> RowWriter::end(const Tally& tally) {
  return format_ == Format::kJson ? out_.write("\n" + envelope_.tail(tally)) : Result<void>();
}

Result<Tally> write_rows(const OpenRows& open, Format format, const RowEnvelope& envelope,
                         TextOutput& out) {
  Tally tally;
  auto rows = open();
  Columns columns(rows->manifest().dimensions);
  Row row;
  if (format == Format::kCsv) {
    while (true) {
      const auto more = rows->next(row);
      if (!more) {
        return tl::unexpected(more.error());
      }
      if (!*more) {
        break;
      }
      static_cast<void>(columns.cells(Json::parse(row.text, nullptr, /*allow_exceptions=*/false)));
    }
    rows = open();
  }
  RowWriter writer(out, format, envelope, std::move(columns));
  auto done = writer.begin();
  while (done && !out.closed()) {
    const auto more = rows->next(row);
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      break;
    }
    tally.add(row.status);
    done = writer.row(row);
  }
  done = done ? writer.end(tally) : done;
  if (!done) {
    return tl::unexpected(done.error());
  }
  return tally;
}

std::unique_ptr<RowStore> stream_store(const Manifest& manifest, Format format,
                                       RowEnvelope envelope, TextOutput& out) {
  return std::make_unique<StreamStore>(manifest, format, std::move(envelope), out);
}

}  // namespace redline::store
