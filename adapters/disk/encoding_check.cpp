#include "adapters/disk/encoding_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "record/record_checker.h"

namespace sluice::adapters::disk {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::string_view gb18030_mark = "\x84\x31\x95\x33";
constexpr std::string_view utf16_marks[] = {"\xFF\xFE"sv, "\xFE\xFF"sv};

// Fewer lines than this are not evidence against a whole file.
constexpr std::size_t enough_lines = 3;
// Two characters of Chinese in UTF-8. Read as GB 18030, six such bytes are three characters of
// which hardly one is in use: text that was meant as GB 18030 does not look like this.
constexpr std::size_t enough_triples = 2;

struct Evidence {
  std::size_t lines = 0;  // that hold more than ASCII
  std::size_t utf8_lines = 0;
  std::size_t gb18030_lines = 0;
  std::size_t utf8_triples = 0;
};

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t count_triples(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xF0U) == 0xE0U; }));
}

// Of whole lines only: the sample's end may cut a character in two.
Evidence examine(std::string_view sample, Gb18030Decoder* gb18030) {
  Evidence evidence;
  std::string decoded;
  while (!sample.empty()) {
    const std::size_t end = sample.find('\n');
    if (end == std::string_view::npos && sample.size() >= encoding_sample_bytes) break;
    const std::string_view line = sample.substr(0, end);
    sample.remove_prefix(end == std::string_view::npos ? sample.size() : end + 1);
    if (is_ascii(line)) continue;
    ++evidence.lines;
    if (record::is_valid_utf8(line)) {
      ++evidence.utf8_lines;
      evidence.utf8_triples += count_triples(line);
    }
    decoded.clear();
    if (gb18030 != nullptr && gb18030->append(line, decoded)) ++evidence.gb18030_lines;
  }
  return evidence;
}

bool mostly_not(std::size_t lines, std::size_t good) {
  return lines >= enough_lines && good * 2 < lines;
}

std::optional<std::string> not_utf8(const Evidence& evidence) {
  if (!mostly_not(evidence.lines, evidence.utf8_lines)) return std::nullopt;
  const std::size_t bad = evidence.lines - evidence.utf8_lines;
  const bool gb18030 = evidence.gb18030_lines == evidence.lines;
  return fmt::format(
      "declared as UTF-8, but {} of the first {} lines with other than ASCII characters are not; "
      "{}",
      bad, evidence.lines,
      gb18030 ? "all of them are GB18030: declare `encoding: gb18030`, or have the file written as "
                "UTF-8"
              : "have the file written as UTF-8");
}

std::optional<std::string> not_gb18030(const Evidence& evidence) {
  if (evidence.utf8_lines == evidence.lines && evidence.utf8_triples >= enough_triples) {
    return fmt::format(
        "declared as GB18030, but all of the first {} lines with other than ASCII characters are "
        "UTF-8: declare `encoding: utf-8`",
        evidence.lines);
  }
  if (!mostly_not(evidence.lines, evidence.gb18030_lines)) return std::nullopt;
  return fmt::format(
      "declared as GB18030, but {} of the first {} lines with other than ASCII characters are not; "
      "have the file written as UTF-8 or GB18030",
      evidence.lines - evidence.gb18030_lines, evidence.lines);
}

}  // namespace

std::optional<std::string> contradiction(std::string_view sample, Encoding declared,
                                         Gb18030Decoder* gb18030) {
  const std::string_view name = declared == Encoding::utf_8 ? "UTF-8" : "GB18030";
  for (const std::string_view mark : utf16_marks) {
    if (sample.starts_with(mark)) {
      return fmt::format(
          "declared as {}, but the file begins with the byte order mark of UTF-16 or UTF-32; have "
          "it written as UTF-8",
          name);
    }
  }
  if (declared == Encoding::gb18030 && sample.starts_with(utf8_mark)) {
    return "declared as GB18030, but the file begins with the byte order mark of UTF-8: declare "
           "`encoding: utf-8`";
  }
  if (declared == Encoding::utf_8 && sample.starts_with(gb18030_mark)) {
    return "declared as UTF-8, but the file begins with the byte order mark of GB18030: declare "
           "`encoding: gb18030`";
  }
  const Evidence evidence = examine(sample, gb18030);
  return declared == Encoding::utf_8 ? not_utf8(evidence) : not_gb18030(evidence);
}

std::size_t byte_order_mark(std::string_view sample, Encoding declared) {
  const std::string_view mark = declared == Encoding::utf_8 ? utf8_mark : gb18030_mark;
  return sample.starts_with(mark) ? mark.size() : 0;
}

}  // namespace sluice::adapters::disk
