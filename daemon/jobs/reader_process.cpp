#include "jobs/reader_process.h"

#include <csignal>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

#include "jobs/frame_pipe.h"
#include "record/try.h"
#include "runs/piped_child.h"

namespace sluice::jobs {
namespace {

using adapters::CollectionProblem;

std::unexpected<adapters::CollectionFailure> reader_failed(CollectionProblem problem,
                                                           const FileReading& reading,
                                                           std::string sentence) {
  return std::unexpected(
      adapters::CollectionFailure{problem, reading.file.string(), std::move(sentence)});
}

// It ended without a last word.
std::unexpected<adapters::CollectionFailure> failure_of_end(int status,
                                                            const FileReading& reading) {
  constexpr int by_signal = 128;
  switch (status - by_signal) {
    case SIGXCPU: {
      rlimit limit{};
      static_cast<void>(getrlimit(RLIMIT_CPU, &limit));
      return reader_failed(
          CollectionProblem::too_large, reading,
          fmt::format(
              "reading it takes more than the {} s of processor time that an import may "
              "have (`channels.disk.cpu_limit`); look what makes it so, or raise the limit, "
              "and bring it again",
              limit.rlim_cur));
    }
    case SIGSEGV:
    case SIGABRT:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGSYS:
      return reader_failed(
          CollectionProblem::bad_syntax, reading,
          fmt::format("the process that reads it was ended by signal {}: something in it is more "
                      "than this program knows how to read; report it, with the file, and do not "
                      "bring it again",
                      status - by_signal));
    default:
      return reader_failed(
          CollectionProblem::unreadable, reading,
          fmt::format("the process that reads it has ended without a word (status {}); the file is "
                      "to be imported again, and goes on where it was",
                      status));
  }
}

adapters::CollectionFailure failure_of(intake::FailureFrame frame) {
  const auto last = static_cast<std::uint64_t>(CollectionProblem::journal_failed);
  const auto code = frame.code <= last ? static_cast<CollectionProblem>(frame.code)
                                       : CollectionProblem::unreadable;
  return {code, std::move(frame.place), std::move(frame.sentence)};
}

// What the reader does not say, so that it can not say anything else.
void name_source(intake::ConvertedBatch& batch, const FileReading& reading) {
  for (journal::QuarantinedRow& row : batch.quarantined) {
    row.dataset = reading.dataset;
    row.mode = record::Mode::disk;
    row.source = reading.source;
  }
  batch.places.source = reading.source;
}

}  // namespace

adapters::Result<intake::DoneFrame> read_in_child(const ReaderProgram& reader,
                                                  const FileReading& reading,
                                                  intake::BatchSink& sink,
                                                  adapters::Progress& progress) {
  auto child = runs::PipedChild::start(reader.program,
                                       {"--config", reader.configuration.string(), "read-file"},
                                       to_question(reading));
  if (!child) return reader_failed(CollectionProblem::unreadable, reading, child.error().sentence);
  std::string bytes;
  while (true) {
    const FrameRead came = read_frame(*child, intake::most_frame_bytes, bytes);
    if (came == FrameRead::ended) return failure_of_end(child->wait(), reading);
    if (came == FrameRead::too_large) {
      return reader_failed(CollectionProblem::bad_syntax, reading,
                           "the process that reads it has said too much at once");
    }
    auto frame = intake::parse_frame(bytes);
    if (!frame) {
      return reader_failed(CollectionProblem::bad_syntax, reading, frame.error().sentence);
    }
    if (const auto* told = std::get_if<intake::ProgressFrame>(&*frame)) {
      progress.advanced(told->bytes, told->of_bytes, told->rows);
    } else if (auto* filled = std::get_if<intake::BatchFrame>(&*frame)) {
      name_source(filled->batch, reading);
      if (auto put = sink.put(std::move(filled->batch)); !put) {
        return std::unexpected(adapters::collection_failure(put.error()));
      }
    } else if (auto* failure = std::get_if<intake::FailureFrame>(&*frame)) {
      return std::unexpected(failure_of(std::move(*failure)));
    } else {
      if (auto durable = sink.finish(); !durable) {
        return std::unexpected(adapters::collection_failure(durable.error()));
      }
      return std::get<intake::DoneFrame>(std::move(*frame));
    }
  }
}

}  // namespace sluice::jobs
