#include "trust/audit_file.h"

#include <algorithm>
#include <charconv>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace sluice::trust {
namespace {

constexpr std::string_view prefix = "audit-";
constexpr std::string_view suffix = ".jsonl";
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

std::optional<record::Digest> digest_member(const boost::json::object& object,
                                            std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return record::parse_digest(value->get_string());
}

}  // namespace

std::string audit_file_name(std::chrono::year_month month) {
  return fmt::format("{}{:04}-{:02}{}", prefix, static_cast<int>(month.year()),
                     static_cast<unsigned>(month.month()), suffix);
}

std::optional<std::chrono::year_month> parse_audit_file_name(std::string_view name) {
  int year = 0;
  unsigned month = 0;
  if (name.size() != prefix.size() + 7 + suffix.size()) return std::nullopt;
  const char* digits = name.data() + prefix.size();
  std::from_chars(digits, digits + 4, year);
  std::from_chars(digits + 5, digits + 7, month);
  const std::chrono::year_month found{std::chrono::year(year), std::chrono::month(month)};
  return found.ok() && name == audit_file_name(found) ? std::optional(found) : std::nullopt;
}

std::expected<std::vector<AuditFile>, AuditFailure> list_audit_files(
    const std::filesystem::path& directory) {
  std::vector<AuditFile> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (const auto month = parse_audit_file_name(at->path().filename().native())) {
      files.push_back({*month, at->path()});
    }
  }
  if (error) {
    return std::unexpected(
        AuditFailure{AuditProblem::unreadable, directory.string(),
                     "the audit log's directory can not be read: " + error.message()});
  }
  std::ranges::sort(files, {}, &AuditFile::month);
  return files;
}

std::string make_audit_line(record::Time at, const AuditEvent& event,
                            const record::Digest& previous) {
  boost::json::object line;
  line["at"] = record::to_string(at);
  line["event"] = event.event;
  for (const auto& [name, value] : event.details)
    line[name] = presentable(value);
  line["previous"] = record::to_string(previous);
  return boost::json::serialize(line);
}

std::optional<AuditLine> parse_audit_line(std::string_view line) {
  boost::system::error_code error;
  // Details may hold bytes that are not UTF-8; the chain is over the bytes as they are.
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  const boost::json::value value = boost::json::parse(line, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  const boost::json::object& object = value.get_object();
  const auto* event = object.if_contains("event");
  const auto previous = digest_member(object, "previous");
  if (event == nullptr || !event->is_string() || !previous) return std::nullopt;
  return AuditLine{std::string(event->get_string()), *previous, digest_member(object, "torn")};
}

}  // namespace sluice::trust
