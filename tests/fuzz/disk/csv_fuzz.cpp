// Whatever the bytes, dialect and row limit: no crash, bounded rows, and every line that is no
// comment and not empty is in exactly one row or fault, in order.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/disk/csv_reader.h"
#include "record/record_checker.h"

namespace {

using namespace sluice::adapters;
using disk::CsvReader;

// Hands the text out in pieces of the size that the input asks for, so that blocks end anywhere.
class Pieces final : public disk::ByteSource {
 public:
  Pieces(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
  std::expected<std::size_t, CollectionFailure> read(std::span<char> room) override {
    const std::size_t count = std::min({room.size(), piece_, text_.size()});
    std::copy_n(text_.data(), count, room.data());
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  std::size_t piece_;
};

void require(bool holds) {
  if (!holds) std::abort();
}

// The first two bytes choose.
disk::Format format_of(std::uint8_t bits) {
  disk::Format format;
  if ((bits & 1U) != 0) format.encoding = disk::Encoding::gb18030;
  if ((bits & 2U) != 0) format.dialect.escape = '\\';
  if ((bits & 4U) != 0) format.dialect.double_quote = false;
  if ((bits & 8U) != 0) format.dialect.comment = '#';
  if ((bits & 16U) != 0) format.dialect.delimiter = '|';
  if ((bits & 32U) != 0) format.dialect.skip_initial_space = true;
  // With an escape, MySQL's, which begins with it.
  if ((bits & 64U) != 0) format.dialect.null_sequence = (bits & 2U) != 0 ? "\\N" : "NA";
  return format;
}

void check_row(const CsvReader& reader) {
  for (const auto& value : reader.values()) {
    if (!value) continue;
    require(sluice::record::is_valid_utf8(*value));
    require(value->find('\0') == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t limit = 16 + data[1];
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  Pieces source(text, 1 + data[1] % 7U);
  auto reader = CsvReader::open(source, format_of(data[0]), limit);
  if (!reader) return 0;
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
  std::uint64_t next_line = 1;
  for (;;) {
    const auto event = reader->next(2);
    require(event.has_value());
    if (*event == CsvReader::Event::end) break;
    require(reader->line() >= next_line && reader->line() <= lines);
    require(reader->original().size() <= std::max(limit, disk::kept_of_too_long_row));
    if (*event == CsvReader::Event::row) {
      require(reader->values().size() == 2);
      check_row(*reader);
    } else {
      require(!reader->problem().rule.empty() && !reader->problem().sentence.empty());
    }
    next_line = reader->line() + 1 +
                static_cast<std::uint64_t>(std::ranges::count(reader->original(), '\n'));
  }
  return 0;
}
