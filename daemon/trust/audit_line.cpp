#include "trust/audit_line.h"

#include <cassert>
#include <iterator>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace sluice::trust {
namespace {

constexpr std::size_t max_detail_bytes = 4096;

// At most max_detail_bytes, and no byte that JSON could not carry: names in certificates come from
// outside, in whatever encoding.
std::string presentable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, max_detail_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

std::string make_audit_line(record::Time at, const AuditEvent& event,
                            const record::Digest& previous) {
  boost::json::object line;
  line["at"] = record::to_string(at);
  line["event"] = event.event.view();
  for (const auto& [name, value] : event.details) {
    assert(event.event.has_detail(name));
    line[name] = presentable(value);
  }
  line["previous"] = record::to_string(previous);
  return boost::json::serialize(line);
}

std::optional<record::Digest> previous_of(std::string_view line) {
  boost::system::error_code error;
  // Details may hold bytes that are not UTF-8; the chain is over the bytes as they are.
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  const boost::json::value value = boost::json::parse(line, error, {}, options);
  const auto* object = error ? nullptr : value.if_object();
  const auto* previous = object == nullptr ? nullptr : object->if_contains("previous");
  if (previous == nullptr || !previous->is_string() || !object->contains("event")) {
    return std::nullopt;
  }
  return record::parse_digest(previous->get_string());
}

}  // namespace sluice::trust
