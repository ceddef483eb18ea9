#include <fstream>
#include <string>

#include "record/try.h"
#include "trust/audit_file.h"
#include "trust/audit_log.h"

namespace sluice::trust {
namespace {

// Where the walk stands.
struct Walk {
  AuditReport report;
  // The digest that the next line must hold; nothing before the first line, whose predecessor may
  // have been removed with its file.
  std::optional<record::Digest> head;
  // A line that did not fit, until the next one tells whether it was torn.
  std::optional<std::string> suspect;
  AuditBreak suspect_place;
};

bool is_sealed_by(const std::string& suspect, const AuditLine& line) {
  return line.event == seal_event && line.torn == record::sha256(suspect);
}

void take_line(Walk& walk, const std::string& line, AuditBreak place) {
  const auto parsed = parse_audit_line(line);
  const bool follows = parsed && (!walk.head || parsed->previous == *walk.head);
  if (walk.suspect) {
    if (!parsed || !follows || !is_sealed_by(*walk.suspect, *parsed)) {
      walk.report.first_break = walk.suspect_place;
      return;
    }
    walk.suspect.reset();
    ++walk.report.torn_lines;
  } else if (!follows) {
    place.sentence = parsed
                         ? "this line does not hold the digest of the line before it: a line was "
                           "changed, taken out or put in here"
                         : "this is not a line of the audit log";
    walk.suspect = line;
    walk.suspect_place = std::move(place);
    return;
  }
  ++walk.report.lines;
  walk.head = record::sha256(line);
}

std::expected<void, AuditFailure> walk_file(Walk& walk, const AuditFile& file, bool is_last) {
  std::ifstream in(file.path, std::ios::binary);
  if (!in) {
    return std::unexpected(
        AuditFailure{AuditProblem::unreadable, file.path.string(), "can not be read"});
  }
  std::string line;
  for (std::uint64_t number = 1; !walk.report.first_break && std::getline(in, line); ++number) {
    const bool is_whole = !in.eof();
    if (!is_whole && is_last) {
      // Cut off just now by a crash; the next to append will seal it.
      ++walk.report.torn_lines;
      return {};
    }
    take_line(walk, line, {file.path, number, {}});
  }
  return {};
}

}  // namespace

std::expected<AuditReport, AuditFailure> verify_audit_log(const std::filesystem::path& directory) {
  const auto files = SLUICE_TRY(list_audit_files(directory));
  Walk walk;
  for (const AuditFile& file : files) {
    if (walk.report.first_break) break;
    SLUICE_TRY(walk_file(walk, file, &file == &files.back()));
  }
  if (walk.suspect && !walk.report.first_break) walk.report.first_break = walk.suspect_place;
  return walk.report;
}

}  // namespace sluice::trust
