// From the JSON text of one record, or of the CloudEvent around one, to a row for the intake's
// door.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/direct/cloud_event.h"
#include "adapters/direct/json_scanner.h"
#include "adapters/direct/member_table.h"
#include "intake/row.h"

namespace sluice::adapters::direct {

// What one thread needs over and over to read rows; kept between calls so that a call of one record
// allocates nothing. Not thread-safe.
class RowBuffers {
 public:
  // Forgets the row before, and makes room for one of `bytes` of JSON: no string of it will then
  // move.
  void start_row(std::size_t columns, std::size_t bytes);

 private:
  friend class RecordReader;
  std::vector<intake::SourceValue> values_;
  std::vector<std::uint64_t>
      seen_in_;  // the last row that had the column; then $operation and $time
  std::uint64_t row_ = 0;
  std::string text_;  // unescaped names and values
  std::string time_;
};

template <class T>
using RowResult = std::expected<T, intake::RowProblem>;

class RecordReader {
 public:
  // Both must outlive the reader; `members` the rows as well.
  RecordReader(const MemberTable& members, RowBuffers& buffers)
      : members_(members), buffers_(buffers) {}

  // `json` is one valid JSON value. Fills values, operation and source time of `row`, whose views
  // live until the next row is read. A problem names the row's first fault.
  [[nodiscard]] RowResult<void> read_record(std::string_view json, intake::SourceRow& row);
  // The same for a CloudEvent in structured form.
  [[nodiscard]] RowResult<void> read_event(std::string_view json, intake::SourceRow& row);

 private:
  // Where operation and time are said: by the record itself, or by the event around it.
  enum class Envelope { none, event };
  RowResult<void> start(std::string_view json, intake::SourceRow& row);
  RowResult<void> read_members(std::string_view json, Envelope envelope, intake::SourceRow& row);
  RowResult<void> read_member(std::string_view name, JsonScanner& scanner, Envelope envelope,
                              intake::SourceRow& row);
  RowResult<void> read_reserved(std::string_view name, JsonScanner& scanner,
                                intake::SourceRow& row);
  bool is_second(std::size_t column);
  RowResult<void> read_attribute(std::string_view name, JsonScanner& scanner,
                                 EventAttributes& event);
  RowResult<std::string_view> read_envelope(std::string_view json, EventAttributes& event);
  RowResult<void> set_time(std::string_view field, std::string_view text, intake::SourceRow& row);
  RowResult<std::string_view> text_of(const JsonString& string, std::string_view field);
  RowResult<intake::SourceValue> value_of(JsonScanner& scanner, std::string_view field);

  const MemberTable& members_;
  RowBuffers& buffers_;
};

// A member's name as a problem may show it: at most 100 bytes, cut between characters.
[[nodiscard]] std::string shown_name(std::string_view name);

}  // namespace sluice::adapters::direct
