#include "adapters/direct/record_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/direct/source_time.h"
#include "record/record_checker.h"
#include "record/rules.h"
#include "record/try.h"

namespace sluice::adapters::direct {
namespace {

// Members of a record that are no fields.
constexpr std::string_view operation_member = "$operation";
constexpr std::string_view time_member = "$time";

std::unexpected<intake::RowProblem> problem(std::string_view field, record::Rule rule,
                                            std::string sentence) {
  return std::unexpected(intake::RowProblem{shown_name(field), rule, std::move(sentence)});
}

std::unexpected<intake::RowProblem> problem(std::string_view field, TextFlaw flaw) {
  if (flaw == TextFlaw::nul) {
    return problem(field, "nul", "the text holds a NUL character (\\u0000); send it without");
  }
  return problem(
      field, "encoding",
      "the text holds half of a surrogate pair, which stands for no character; send both "
      "\\u escapes of the pair");
}

std::unexpected<intake::RowProblem> twice(std::string_view field) {
  return problem(field, "duplicate-field", "the record has this member twice; send it once");
}

std::unexpected<intake::RowProblem> not_json(const JsonFault& fault) {
  return problem("", "syntax", told(fault, "the record"));
}

}  // namespace

std::string shown_name(std::string_view name) {
  constexpr std::size_t limit = 100;
  if (name.size() <= limit) return std::string(name);
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80)
    --end;
  return std::string(name.substr(0, end));
}

void RowBuffers::start_row(std::size_t columns, std::size_t bytes) {
  values_.assign(columns, std::nullopt);
  // Never cleared between rows: an older row's number is as good as none.
  seen_in_.resize(std::max(columns + 2, seen_in_.size()), 0);
  ++row_;
  text_.clear();
  text_.reserve(bytes);
  time_.clear();
}

RowResult<void> RecordReader::start(std::string_view json, intake::SourceRow& row) {
  row.operation = record::Operation::upsert;
  row.source_time.reset();
  if (!record::is_valid_utf8(json)) {
    return problem("", "encoding", "the record is not valid UTF-8; send JSON in UTF-8");
  }
  buffers_.start_row(members_.columns().size(), json.size());
  row.values = buffers_.values_;
  return {};
}

RowResult<void> RecordReader::read_record(std::string_view json, intake::SourceRow& row) {
  SLUICE_TRY(start(json, row));
  return read_members(json, Envelope::none, row);
}

RowResult<void> RecordReader::read_members(std::string_view json, Envelope envelope,
                                           intake::SourceRow& row) {
  JsonScanner scanner(json);
  if (!scanner.take('{')) {
    return problem("", "not-an-object", "expected a record as a JSON object");
  }
  if (scanner.take('}')) return {};
  do {
    const auto written = scanner.name();
    if (!written) return not_json(written.error());
    const auto name = SLUICE_TRY(text_of(*written, ""));
    SLUICE_TRY(read_member(name, scanner, envelope, row));
  } while (scanner.take(','));
  if (!scanner.take('}')) return not_json(scanner.fault("a comma or } in an object"));
  return {};
}

bool RecordReader::is_second(std::size_t column) {
  return std::exchange(buffers_.seen_in_[column], buffers_.row_) == buffers_.row_;
}

RowResult<void> RecordReader::read_member(std::string_view name, JsonScanner& scanner,
                                          Envelope envelope, intake::SourceRow& row) {
  if (name == operation_member || name == time_member) {
    if (envelope == Envelope::none) return read_reserved(name, scanner, row);
    // Never skipped: a caller who writes it relies on it.
    return problem(name, "unknown-field", "in a CloudEvent the attributes type and time say this");
  }
  const auto column = members_.find(name);
  if (!column && members_.unlisted() == UnlistedMembers::refused) {
    return problem(name, "unknown-field",
                   "the dataset has no such field; check the name's spelling, or leave it out");
  }
  if (column && is_second(*column)) return twice(name);
  const auto value = SLUICE_TRY(value_of(scanner, name));
  if (column) buffers_.values_[*column] = value;
  return {};
}

RowResult<void> RecordReader::read_reserved(std::string_view name, JsonScanner& scanner,
                                            intake::SourceRow& row) {
  const std::size_t columns = members_.columns().size();
  if (is_second(name == operation_member ? columns : columns + 1)) return twice(name);
  const auto value = SLUICE_TRY(value_of(scanner, name));
  if (!value) return {};
  if (name == time_member) return set_time(name, *value, row);
  if (*value == "delete") {
    row.operation = record::Operation::remove;
  } else if (*value != "upsert") {
    return problem(name, "operation", "found another operation; expected \"upsert\" or \"delete\"");
  }
  return {};
}

RowResult<void> RecordReader::set_time(std::string_view field, std::string_view text,
                                       intake::SourceRow& row) {
  const auto time = source_time(text, buffers_.time_);
  if (!time) return problem(field, "source-time", time.error().sentence);
  row.source_time = *time;
  return {};
}

RowResult<std::string_view> RecordReader::text_of(const JsonString& string,
                                                  std::string_view field) {
  if (!string.escaped) return string.raw;
  const auto text = unescape(string.raw, buffers_.text_);
  if (!text) return problem(field, text.error());
  return *text;
}

RowResult<intake::SourceValue> RecordReader::value_of(JsonScanner& scanner,
                                                      std::string_view field) {
  const char first = scanner.peek();
  if (first == '"') {
    const auto string = scanner.string();
    if (!string) return not_json(string.error());
    const auto text = SLUICE_TRY(text_of(*string, field));
    return intake::SourceValue(text);
  }
  const auto raw = scanner.value();
  if (!raw) return not_json(raw.error());
  if (first == 'n') return intake::SourceValue();
  if (first == '{' || first == '[') {
    if (auto sound = check_escapes(*raw); !sound) return problem(field, sound.error());
  }
  return intake::SourceValue(*raw);
}

RowResult<void> RecordReader::read_event(std::string_view json, intake::SourceRow& row) {
  SLUICE_TRY(start(json, row));
  EventAttributes event;
  const auto data = read_envelope(json, event);
  if (!data) return std::unexpected(data.error());
  const auto operation = SLUICE_TRY(operation_of(event));
  row.operation = operation;
  if (event.time) {
    SLUICE_TRY(set_time("time", *event.time, row));
  }
  if (data->empty()) {
    return problem("data", "cloudevent", "the event has no \"data\"; expected the record there");
  }
  return read_members(*data, Envelope::event, row);
}

// The text of `data`; empty where there is none.
RowResult<std::string_view> RecordReader::read_envelope(std::string_view json,
                                                        EventAttributes& event) {
  JsonScanner scanner(json);
  if (!scanner.take('{')) {
    return problem("", "not-an-object", "expected a CloudEvent as a JSON object");
  }
  std::string_view data;
  if (scanner.take('}')) return data;
  do {
    const auto written = scanner.name();
    if (!written) return not_json(written.error());
    const auto name = SLUICE_TRY(text_of(*written, ""));
    if (name == "data_base64") {
      return problem(name, "cloudevent", "expected the record as JSON in \"data\"");
    }
    if (name != "data") {
      SLUICE_TRY(read_attribute(name, scanner, event));
      continue;
    }
    if (!data.empty()) return twice(name);
    const auto raw = scanner.value();
    if (!raw) return not_json(raw.error());
    data = *raw;
  } while (scanner.take(','));
  if (!scanner.take('}')) return not_json(scanner.fault("a comma or } in an object"));
  return data;
}

RowResult<void> RecordReader::read_attribute(std::string_view name, JsonScanner& scanner,
                                             EventAttributes& event) {
  if (!is_attribute_name(name)) return problem(name, "cloudevent", std::string(no_attribute_name));
  intake::SourceValue* known = attribute(event, name);
  if (known != nullptr && *known) return twice(name);
  const char first = scanner.peek();
  if (known != nullptr && first != '"' && first != 'n') {
    return problem(name, "cloudevent", "expected the attribute as a JSON string");
  }
  const auto value = SLUICE_TRY(value_of(scanner, name));
  if (first == '"' && !is_event_string(*value)) {
    return problem(name, "cloudevent", std::string(no_event_string));
  }
  if (first != '"' && value && !is_event_scalar(*value)) {
    return problem(name, "cloudevent",
                   "expected the attribute as a string, a boolean or a whole number of 32 bits");
  }
  if (known != nullptr) *known = value;
  return {};
}

}  // namespace sluice::adapters::direct
