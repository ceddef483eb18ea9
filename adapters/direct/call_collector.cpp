#include "adapters/direct/call_collector.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::adapters::direct {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::unexpected<CollectionFailure> bad_syntax(std::string_view body, const JsonFault& fault) {
  const std::string_view found =
      fault.is_too_deep || fault.offset < body.size() ? "something else" : "the end";
  return std::unexpected(
      CollectionFailure{CollectionProblem::bad_syntax, place_in(body, fault.offset),
                        fmt::format("{}, found {}; nothing of the call was taken",
                                    told(fault, "the body"), fault.is_too_deep ? "more" : found)});
}

std::string_view kind_of(std::string_view value) {
  switch (value.front()) {
    case '{':
      return "an object";
    case '[':
      return "an array";
    case '"':
      return "a text";
    case 'n':
      return "null";
    case 't':
    case 'f':
      return "true or false";
    default:
      return "a number";
  }
}

// Valid JSON, of another kind than the media type says.
std::unexpected<CollectionFailure> other_kind(std::string_view body, std::string_view value,
                                              MediaType type) {
  const std::string_view expected = type == MediaType::json ? "an array of records, or a record as "
                                                              "an object"
                                    : type == MediaType::event ? "an event as an object"
                                                               : "an array of events";
  return std::unexpected(CollectionFailure{
      CollectionProblem::bad_syntax,
      place_in(body, static_cast<std::size_t>(value.data() - body.data())),
      fmt::format("the body is valid JSON, and not what is taken here: found {}, expected {}; "
                  "nothing of the call was taken",
                  kind_of(value), expected)});
}

constexpr std::string_view utf16_body = "the body is UTF-16; expected JSON in UTF-8";

// By its mark, or by the NUL beside its first character, which in JSON is one of ASCII.
bool is_utf16(std::string_view body) {
  if (body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF")) return true;
  return body.size() >= 2 && (body[0] == '\0') != (body[1] == '\0');
}

Result<void> from_door(intake::Result<void> answer) {
  if (answer) return {};
  return std::unexpected(collection_failure(answer.error()));
}

// What is expected behind a record: its line's end, which is a line feed.
std::string_view after_record(std::string_view read) {
  return read.contains('\r')
             ? "a line feed at the end of each record's line, and not a carriage return alone"
             : "nothing after the record's end in its line";
}

bool is_event(MediaType type) {
  return quarantined_as(type) == MediaType::event;
}

}  // namespace

std::string place_in(std::string_view body, std::size_t offset) {
  const std::string_view before = body.substr(0, offset);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", lines + 1, offset - line_begin + 1);
}

struct CallCollector::Way {
  intake::Door& door;
  Progress& progress;
  std::uint64_t of_bytes;
  std::uint64_t rows = 0;

  // Before each row.
  void advanced(std::uint64_t bytes) {
    constexpr std::uint64_t seldom = 4096;
    if (++rows % seldom == 0) progress.advanced(bytes, of_bytes, rows);
  }
};

Result<void> CallCollector::collect(intake::Door& door, Progress& progress) {
  const std::uint64_t size = call_.body.size();
  if (size > max_body_bytes) {
    return std::unexpected(CollectionFailure{
        CollectionProblem::too_large, "",
        fmt::format("the body has {} bytes; expected at most {}; send it in several calls", size,
                    max_body_bytes)});
  }
  // Of NDJSON no body is refused whole: its lines are, one by one.
  if (call_.media_type != MediaType::ndjson && is_utf16(call_.body)) {
    return std::unexpected(
        CollectionFailure{CollectionProblem::bad_syntax, "line 1, column 1",
                          fmt::format("{}; nothing of the call was taken", utf16_body)});
  }
  Way way{door, progress, size};
  Result<void> result;
  switch (call_.media_type) {
    case MediaType::json:
    case MediaType::event:
    case MediaType::event_batch:
      result = collect_json(way);
      break;
    case MediaType::ndjson:
      result = collect_lines(way);
      break;
    case MediaType::event_binary:
      result = collect_binary_event(way);
      break;
  }
  if (result) progress.advanced(size, size, way.rows);
  return result;
}

Result<void> CallCollector::collect_json(Way& way) {
  std::string_view body = call_.body;
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  JsonScanner scanner(body);
  const auto whole = scanner.value();
  if (!whole) return bad_syntax(body, whole.error());
  if (!scanner.at_end()) {
    return bad_syntax(body, scanner.fault("nothing after the value's end"));
  }
  const bool single = whole->starts_with('{') && call_.media_type != MediaType::event_batch;
  const bool array = whole->starts_with('[') && call_.media_type != MediaType::event;
  if (!single && !array) return other_kind(body, *whole, call_.media_type);
  SLUICE_TRY(from_door(way.door.begin(members_.columns())));
  if (array) return collect_array(*whole, way);
  way.advanced(body.size());
  return hand_over(*whole, 1, way);
}

Result<void> CallCollector::collect_array(std::string_view array, Way& way) {
  JsonScanner scanner(array);
  scanner.take('[');
  if (scanner.take(']')) return {};
  std::uint64_t place = 0;
  do {
    const auto element = scanner.value();
    if (!element) return bad_syntax(array, element.error());
    way.advanced(scanner.offset());
    SLUICE_TRY(hand_over(*element, ++place, way));
  } while (scanner.take(','));
  return {};
}

Result<void> CallCollector::collect_lines(Way& way) {
  SLUICE_TRY(from_door(way.door.begin(members_.columns())));
  std::string_view rest = call_.body;
  if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
  for (std::uint64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    SLUICE_TRY(collect_line(line, number, way));
  }
  return {};
}

Result<void> CallCollector::collect_line(std::string_view line, std::uint64_t number, Way& way) {
  JsonScanner scanner(line);
  if (scanner.at_end()) return {};
  way.advanced(static_cast<std::uint64_t>(line.data() - call_.body.data()));
  const auto record = scanner.value();
  if (record && scanner.at_end()) return hand_over(*record, number, way);
  const JsonFault fault =
      record ? scanner.fault(after_record(line.substr(0, scanner.offset()))) : record.error();
  std::string why = is_utf16(call_.body) ? std::string(utf16_body)
                                         : fmt::format("{}, at column {}", told(fault, "the line"),
                                                       fault.offset + 1);
  return from_door(way.door.reject(number, line, {"", "syntax", std::move(why)}));
}

Result<void> CallCollector::collect_binary_event(Way& way) {
  std::string_view body = call_.body;
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  JsonScanner scanner(body);
  const auto record = scanner.value();
  if (!record) return bad_syntax(body, record.error());
  if (!scanner.at_end()) {
    return bad_syntax(body, scanner.fault("nothing after the record's end"));
  }
  SLUICE_TRY(from_door(way.door.begin(members_.columns())));
  way.advanced(body.size());
  std::string event;
  append_structured(event, call_.event, call_.extensions, *record);
  if (call_.event_fault) return from_door(way.door.reject(1, event, *call_.event_fault));
  return hand_over(event, 1, way);
}

// `json` is one valid JSON value.
Result<void> CallCollector::hand_over(std::string_view json, std::uint64_t place, Way& way) {
  if (json.size() > max_row_bytes_) {
    return from_door(way.door.reject(place, json,
                                     {"", "too-large",
                                      fmt::format("the record has {} bytes; expected at most {}",
                                                  json.size(), max_row_bytes_)}));
  }
  intake::SourceRow row;
  row.original = json;
  row.place = place;
  const auto read =
      is_event(call_.media_type) ? reader_.read_event(json, row) : reader_.read_record(json, row);
  if (!read) return from_door(way.door.reject(place, json, read.error()));
  return from_door(way.door.accept(row));
}

}  // namespace sluice::adapters::direct
