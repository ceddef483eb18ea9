#include "api/event_headers.h"

#include <algorithm>
#include <expected>
#include <utility>

#include "adapters/direct/json_scanner.h"
#include "adapters/direct/media_type.h"
#include "adapters/direct/record_reader.h"
#include "record/record_checker.h"
#include "record/try.h"
#include "server/ascii.h"

namespace sluice::api {
namespace {

namespace direct = adapters::direct;

constexpr std::string_view prefix = "ce-";

bool is_event_header(const server::HeaderField& header) {
  return server::same_but_case(header.name.substr(0, prefix.size()), prefix);
}

// Names of headers have no case; those of attributes have only small letters.
std::string attribute_name(std::string_view header) {
  std::string name(header.substr(prefix.size()));
  std::ranges::transform(name, name.begin(), server::lower);
  return name;
}

intake::RowProblem problem(std::string_view name, std::string_view sentence) {
  return {direct::shown_name(name), "cloudevent", std::string(sentence)};
}

// The text within double quotes; as it is where there are none.
std::expected<std::string, std::string_view> unquote(std::string_view value) {
  if (!value.starts_with('"')) return std::string(value);
  std::string text;
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == '"' && i + 1 == value.size()) return text;
    if (value[i] == '"') break;
    if (value[i] == '\\' && ++i == value.size()) break;
    text += value[i];
  }
  return std::unexpected("the header's value opens a double quote and is not a quoted string");
}

// Appends the attribute's value.
std::expected<void, std::string_view> decode(std::string_view value, std::string& out) {
  const auto written = SLUICE_TRY(unquote(value));
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (c < ' ' || c > '~') {
      return std::unexpected(
          "the header's value holds more than printable ASCII; send other characters "
          "percent-encoded in UTF-8, as CloudEvents asks");
    }
    if (c != '%') {
      out += c;
      continue;
    }
    const int byte = server::encoded_byte(written, i);
    if (byte < 0) {
      return std::unexpected(
          "the header's value has a % that two hexadecimal digits do not follow; send a percent "
          "sign as %25");
    }
    out += static_cast<char>(byte);
    i += 2;
  }
  const std::string_view decoded = std::string_view(out).substr(begin);
  if (!record::is_valid_utf8(decoded)) {
    return std::unexpected("the header's value does not decode to UTF-8");
  }
  if (!direct::is_event_string(decoded)) return std::unexpected(direct::no_event_string);
  return {};
}

class Reader {
 public:
  Reader(EventHeaders& read, EventText& text) : read_(read), text_(text) {}

  void take(const server::HeaderField& header) {
    const std::string name = attribute_name(header.name);
    if (!direct::is_attribute_name(name)) note(problem(name, direct::no_attribute_name));
    const std::size_t begin = text_.values.size();
    if (auto decoded = decode(header.value, text_.values); !decoded) {
      note(problem(name, decoded.error()));
      text_.values.resize(begin);
      text_.values += header.value;  // for the quarantine, as it came
    }
    place(name, std::string_view(text_.values).substr(begin));
  }

 private:
  void place(const std::string& name, std::string_view value) {
    if (name == "datacontenttype") {
      // Its header is Content-Type; who sends both must say the same.
      if (!direct::is_json(value)) {
        note(problem(name, "the event's data is of another type; expected application/json"));
      }
      return;
    }
    intake::SourceValue* known = direct::attribute(read_.event, name);
    if (known != nullptr && !*known) {
      *known = value;
      return;
    }
    if (known != nullptr) {
      note({name, "duplicate-field", "the event has this attribute twice; send it once"});
    }
    direct::append_json_string(text_.extensions, name);
    text_.extensions += ':';
    direct::append_json_string(text_.extensions, value);
    text_.extensions += ',';
  }
  void note(intake::RowProblem fault) {
    if (!read_.fault) read_.fault = std::move(fault);
  }

  EventHeaders& read_;
  EventText& text_;
};

}  // namespace

bool has_event_headers(std::span<const server::HeaderField> headers) {
  return std::ranges::any_of(headers, is_event_header);
}

EventHeaders read_event_headers(std::span<const server::HeaderField> headers, EventText& text) {
  EventHeaders read;
  std::size_t bytes = 0;
  for (const server::HeaderField& header : headers)
    bytes += is_event_header(header) ? header.value.size() + 1 : 0;
  text.values.reserve(bytes);  // so that no view into it is moved by the next
  Reader reader(read, text);
  for (const server::HeaderField& header : headers) {
    if (is_event_header(header)) reader.take(header);
  }
  read.event.datacontenttype = server::find_field(headers, "content-type");
  read.extensions = text.extensions;
  return read;
}

}  // namespace sluice::api
