#include "adapters/direct/call_collector.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::adapters::direct {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::unexpected<CollectionFailure> bad_syntax(std::string_view body, const JsonFault& fault) {
  const std::string_view found = fault.offset < body.size() ? "something else" : "the end";
  return std::unexpected(
      CollectionFailure{CollectionProblem::bad_syntax, place_in(body, fault.offset),
                        fmt::format("the body is not valid JSON: found {}, expected {}; nothing of "
                                    "the call was taken",
                                    found, fault.expected)});
}

Result<void> from_door(intake::Result<void> answer) {
  if (answer) return {};
  return std::unexpected(collection_failure(answer.error()));
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
  if (!single && !array) {
    return bad_syntax(body,
                      {static_cast<std::size_t>(whole->data() - body.data()),
                       call_.media_type == MediaType::json    ? "an array of records, or a record"
                       : call_.media_type == MediaType::event ? "an event as an object"
                                                              : "an array of events"});
  }
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
      record ? scanner.fault("nothing after the record's end in its line") : record.error();
  return from_door(
      way.door.reject(number, line,
                      {"", "syntax",
                       fmt::format("the line is not valid JSON at column {}: expected {}",
                                   fault.offset + 1, fault.expected)}));
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
