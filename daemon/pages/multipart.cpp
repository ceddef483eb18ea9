#include "pages/multipart.h"

#include <algorithm>
#include <string>
#include <utility>

#include "record/record_checker.h"
#include "record/try.h"
#include "server/ascii.h"

namespace sluice::pages {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t longest_boundary = 70;  // RFC 2046, 5.1.1
constexpr std::size_t longest_part_head = 4096;

std::unexpected<record::Flaw> malformed_form(const char* what) {
  return std::unexpected(record::Flaw{what});
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t'))
    text.remove_suffix(1);
  return text;
}

bool is_of_boundary(char c) {
  return server::is_letter(c) || server::is_digit(c) ||
         std::string_view("'()+_,-./:=? ").contains(c);
}

std::optional<std::string_view> boundary_of(std::string_view content_type) {
  const std::string_view type = without_blanks(server::take_piece(content_type, ';'));
  if (!server::same_but_case(type, "multipart/form-data")) return std::nullopt;
  std::optional<std::string_view> boundary;
  while (!content_type.empty()) {
    std::string_view value = without_blanks(server::take_piece(content_type, ';'));
    const std::string_view name = server::take_piece(value, '=');
    if (!server::same_but_case(name, "boundary")) continue;
    if (boundary) return std::nullopt;
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    boundary = value;
  }
  const bool is_one = boundary && !boundary->empty() && boundary->size() <= longest_boundary &&
                      !boundary->ends_with(' ') && std::ranges::all_of(*boundary, is_of_boundary);
  if (!is_one) return std::nullopt;
  return boundary;
}

// What browsers write for a quote and for line ends in a name (WHATWG HTML, 4.10.21.8).
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.starts_with("%22") || text.starts_with("%0D") || text.starts_with("%0A")) {
      plain += text.starts_with("%22") ? '"' : text.starts_with("%0D") ? '\r' : '\n';
      text.remove_prefix(3);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

struct Disposition {
  std::string name;
  std::optional<std::string> file;
};

// `form-data; name="…"; filename="…"`, values in quotes, as browsers write them.
std::expected<Disposition, record::Flaw> disposition_of(std::string_view value) {
  if (!value.starts_with("form-data;")) return malformed_form("a part is not form-data");
  value.remove_prefix(std::string_view("form-data").size());
  std::optional<std::string> name;
  Disposition disposition;
  while (!value.empty()) {
    if (!value.starts_with("; ")) return malformed_form("a part's disposition is malformed");
    value.remove_prefix(2);
    const std::size_t equals = value.find("=\"");
    const std::size_t end = equals == std::string_view::npos ? equals : value.find('"', equals + 2);
    if (end == std::string_view::npos) return malformed_form("a part's disposition is malformed");
    const std::string_view key = value.substr(0, equals);
    std::string text = unescaped(value.substr(equals + 2, end - equals - 2));
    value.remove_prefix(end + 1);
    if (!record::is_valid_utf8(text)) return malformed_form("a part's name is not UTF-8");
    auto& into = key == "filename" ? disposition.file : name;
    if ((key != "name" && key != "filename") || into) {
      return malformed_form("a part's disposition has a parameter that is unknown or comes twice");
    }
    into = std::move(text);
  }
  if (!name) return malformed_form("a part has no name");
  disposition.name = std::move(*name);
  return disposition;
}

// Of a part's head, which ends before the empty line.
std::expected<Disposition, record::Flaw> read_head(std::string_view head) {
  std::optional<Disposition> disposition;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find(line_end), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + line_end.size(), head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed_form("a part has a malformed header");
    const std::string_view name = line.substr(0, colon);
    if (server::same_but_case(name, "content-type")) continue;  // nobody needs it
    if (!server::same_but_case(name, "content-disposition") || disposition) {
      return malformed_form("a part has a header that is unknown or comes twice");
    }
    disposition = SLUICE_TRY(disposition_of(without_blanks(line.substr(colon + 1))));
  }
  if (!disposition) return malformed_form("a part has no Content-Disposition");
  return std::move(*disposition);
}

struct Parts {
  std::vector<std::pair<std::string, std::string>> fields;
  std::optional<Upload> file;

  std::expected<void, record::Flaw> add(Disposition disposition, std::string_view content) {
    if (disposition.file) {
      if (file) return malformed_form("more than one file");
      file = Upload{std::move(*disposition.file), content};
      return {};
    }
    if (!record::is_valid_utf8(content)) return malformed_form("a field is not UTF-8");
    if (fields.size() == Form::most_fields) return malformed_form("more than 1000 fields");
    fields.emplace_back(std::move(disposition.name), content);
    return {};
  }
};

}  // namespace

std::expected<MultipartForm, record::Flaw> read_multipart(std::string_view content_type,
                                                          std::string_view body) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return malformed_form("the Content-Type has no boundary of multipart/form-data");
  const std::string opening = "--" + std::string(*boundary);
  const std::string delimiter = std::string(line_end) + opening;
  if (!body.starts_with(opening))
    return malformed_form("the body does not begin with the boundary");
  body.remove_prefix(opening.size());
  Parts parts;
  while (!body.starts_with("--")) {
    if (!body.starts_with(line_end))
      return malformed_form("a boundary is followed by something else");
    body.remove_prefix(line_end.size());
    const std::size_t head_end = body.substr(0, longest_part_head).find("\r\n\r\n");
    if (head_end == std::string_view::npos) return malformed_form("a part's head does not end");
    auto disposition = SLUICE_TRY(read_head(body.substr(0, head_end)));
    body.remove_prefix(head_end + 2 * line_end.size());
    const std::size_t end = body.find(delimiter);
    if (end == std::string_view::npos) return malformed_form("a part does not end");
    SLUICE_TRY(parts.add(std::move(disposition), body.substr(0, end)));
    body.remove_prefix(end + delimiter.size());
  }
  body.remove_prefix(2);
  if (!body.empty() && body != line_end)
    return malformed_form("something comes after the last part");
  return MultipartForm{Form::of(std::move(parts.fields)), std::move(parts.file)};
}

}  // namespace sluice::pages
