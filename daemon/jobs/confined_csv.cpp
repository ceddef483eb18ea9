#include "jobs/confined_csv.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <expected>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "files/confinement.h"
#include "jobs/frame_pipe.h"
#include "record/frame.h"
#include "record/try.h"
#include "runs/piped_child.h"

namespace sluice::jobs {
namespace {

namespace disk = adapters::disk;
using adapters::CollectionFailure;
using adapters::CollectionProblem;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

std::string why_no_answer(runs::PipedChild& child, const runs::ChildLimits& limits) {
  constexpr int by_signal = 128;
  const int status = child.wait();
  if (child.is_timed_out()) {
    return fmt::format("reading it takes more than {} s", limits.time.count());
  }
  if (status == by_signal + SIGXCPU) {
    return fmt::format("reading it takes more than {} s of processor time", limits.cpu.count());
  }
  if (status > by_signal) {
    return fmt::format(
        "the process that reads it was ended by signal {}: keep the file, report it, and do not "
        "hand it in again",
        status - by_signal);
  }
  return fmt::format("the process that reads it has ended without a word (status {})", status);
}

// What came, or why nothing did that can be used.
std::expected<disk::CsvAnswer, std::string> answer_in_child(const std::filesystem::path& program,
                                                            const disk::CsvQuestion& question,
                                                            const runs::ChildLimits& limits) {
  auto child = runs::PipedChild::start(program, {"read-csv"}, disk::to_frame(question), limits,
                                       runs::ChildErrors::nowhere);
  if (!child) return std::unexpected(child.error().sentence);
  std::string frame;
  switch (read_frame(*child, disk::most_answer_bytes(question), frame)) {
    case FrameRead::ended:
      return std::unexpected(why_no_answer(*child, limits));
    case FrameRead::too_large:
      return std::unexpected("the process that reads it has said too much at once");
    case FrameRead::whole:
      break;
  }
  auto answer = disk::parse_answer(frame, question);
  if (!answer) return std::unexpected(std::move(answer.error().sentence));
  // Of its own: memory, or a library that the machine lacks.
  const auto* const failure = std::get_if<CollectionFailure>(&*answer);
  if (failure != nullptr && failure->code == CollectionProblem::unreadable) {
    return std::unexpected(failure->sentence);
  }
  return std::move(*answer);
}

adapters::Result<std::string> read_whole(int input) {
  std::string bytes;
  std::array<char, std::size_t{64} << 10> piece;
  while (true) {
    const ssize_t count = ::read(input, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return std::unexpected(CollectionFailure{CollectionProblem::unreadable, "",
                                               "what is to be read can not be read"});
    }
    if (count == 0) return bytes;
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
}

template <class Content>
disk::CsvAnswer as_answer(adapters::Result<Content> read) {
  if (!read) return std::move(read.error());
  return std::move(*read);
}

disk::CsvAnswer answer_to(const disk::CsvQuestion& question) {
  const disk::OwnCsvParser parser;
  try {
    if (const auto* table = std::get_if<disk::TableQuestion>(&question)) {
      return as_answer(parser.table(*table));
    }
    return as_answer(parser.row(std::get<disk::RowQuestion>(question)));
  } catch (const std::bad_alloc&) {
    return CollectionFailure{CollectionProblem::unreadable, "",
                             fmt::format("reading it takes more than {} MiB of memory",
                                         memory_of_confined_csv / mebibyte)};
  }
}

}  // namespace

adapters::Result<disk::CsvAnswer> ConfinedCsv::ask(const disk::CsvQuestion& question) const {
  auto answer = answer_in_child(program_, question, limits_);
  if (answer) return std::move(*answer);
  if (failed_) failed_(answer.error());
  return std::unexpected(CollectionFailure{CollectionProblem::unreadable, "",
                                           answer.error() + "; nothing of it was taken"});
}

adapters::Result<disk::CsvTable> ConfinedCsv::table(const disk::TableQuestion& question) const {
  auto answer = SLUICE_TRY(ask(question));
  if (auto* failure = std::get_if<CollectionFailure>(&answer)) {
    return std::unexpected(std::move(*failure));
  }
  return std::get<disk::CsvTable>(std::move(answer));
}

adapters::Result<disk::CsvRow> ConfinedCsv::row(const disk::RowQuestion& question) const {
  auto answer = SLUICE_TRY(ask(question));
  if (auto* failure = std::get_if<CollectionFailure>(&answer)) {
    return std::unexpected(std::move(*failure));
  }
  return std::get<disk::CsvRow>(std::move(answer));
}

bool answer_csv(int input, int output) {
  // A kernel without it: what remains is that the key is not in this process.
  static_cast<void>(files::confine({.to_read = files::library_folders(), .to_write = {}}));
  const auto bytes = read_whole(input);
  if (!bytes || bytes->size() < record::frame_head_bytes) return false;
  const auto question =
      disk::parse_question(std::string_view(*bytes).substr(record::frame_head_bytes));
  return question && write_frame(output, disk::to_frame(answer_to(*question)));
}

}  // namespace sluice::jobs
