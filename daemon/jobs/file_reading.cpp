#include "jobs/file_reading.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "adapters/disk/csv_collector.h"
#include "exchange/catalogue.h"
#include "files/confinement.h"
#include "installation/paths.h"
#include "installation/system_clock.h"
#include "intake/bulk_intake.h"
#include "jobs/frame_pipe.h"
#include "jobs/not_journaled.h"
#include "record/try.h"

namespace sluice::jobs {
namespace {

using adapters::CollectionProblem;

std::unexpected<adapters::CollectionFailure> unreadable(const std::filesystem::path& place,
                                                        std::string sentence) {
  return std::unexpected(adapters::CollectionFailure{CollectionProblem::unreadable, place.string(),
                                                     std::move(sentence)});
}

const settings::Publication* publication_of(const settings::Settings& settings,
                                            const FileReading& reading) {
  const auto bureau = settings.bureaus.find(reading.bureau);
  if (bureau == settings.bureaus.end()) return nullptr;
  const auto& publishes = bureau->second.publishes;
  const auto found = std::ranges::find(publishes, reading.dataset, &settings::Publication::dataset);
  return found == publishes.end() ? nullptr : &*found;
}

adapters::Result<intake::DoneFrame> read_behind(const intake::SourceCursor& taken,
                                                const settings::Settings& settings,
                                                const intake::SourceDelivery& delivery,
                                                adapters::disk::CsvCollector collector,
                                                intake::BatchSink& sink,
                                                adapters::Progress& progress) {
  const journal::Limits& limits = settings.node.journal;
  const installation::Paths paths(settings.node.state_directory);
  try {
    intake::BulkIntake intake(delivery, {limits.batch_rows, limits.batch_bytes}, taken,
                              paths.scratch(), sink);
    SLUICE_TRY(collector.collect(intake, progress));
    if (auto finished = intake.finish(); !finished) {
      return std::unexpected(adapters::collection_failure(finished.error()));
    }
    return intake::DoneFrame{taken.rows, intake.cursor(), intake.reasons()};
  } catch (const std::system_error& error) {
    // The key set's temporary file, on a disk that is full or failing.
    const bool is_full = error.code() == std::errc::no_space_on_device ||
                         error.code().value() == EDQUOT ||
                         error.code() == std::errc::file_too_large;
    return std::unexpected(not_journaled(
        paths.scratch().string(),
        is_full
            ? fmt::format("the disk is full, and there is no room for the keys of this delivery "
                          "({}); free space, and import it again: it goes on where it was",
                          error.what())
            : error.what()));
  }
}

// The other end of the pipe.
class FrameOutput final : public intake::BatchSink, public adapters::Progress {
 public:
  explicit FrameOutput(int output) : output_(output) {}

  [[nodiscard]] intake::Result<void> put(intake::ConvertedBatch batch) override {
    if (write(intake::BatchFrame{std::move(batch)})) return {};
    return std::unexpected(
        intake::IntakeFailure{intake::IntakeProblem::journal_failed, "", "nobody takes the rows"});
  }
  [[nodiscard]] intake::Result<record::Sequence> finish() override { return record::Sequence{}; }
  void advanced(std::uint64_t bytes, std::uint64_t of_bytes, std::uint64_t rows) override {
    static_cast<void>(write(intake::ProgressFrame{bytes, of_bytes, rows}));
  }

  [[nodiscard]] bool write(const intake::Frame& frame) {
    return write_frame(output_, intake::to_frame(frame));
  }

 private:
  int output_;
};

void give_up_the_rest(const settings::Settings& settings, const FileReading& reading) {
  const installation::Paths paths(settings.node.state_directory);
  auto to_read = files::library_folders();
  to_read.insert(to_read.end(), {reading.file, "/proc/self"});
  // A kernel without it: what remains is that the key is not in this process.
  static_cast<void>(files::confine({.to_read = std::move(to_read), .to_write = {paths.scratch()}}));
}

adapters::Result<intake::DoneFrame> read_confined(const settings::Settings& settings,
                                                  std::string_view question, FrameOutput& output) {
  const auto reading = parse_question(question);
  if (!reading) return unreadable("", reading.error().sentence);
  give_up_the_rest(settings, *reading);
  try {
    return read_file(settings, *reading, output, output);
  } catch (const std::bad_alloc&) {
    return std::unexpected(adapters::CollectionFailure{
        CollectionProblem::too_large, reading->file.string(),
        "reading it takes more memory than an import may have (`channels.disk.memory_limit`); look "
        "what makes it so, or raise the limit, and bring it again"});
  }
}

}  // namespace

std::string to_question(const FileReading& reading) {
  boost::json::array recent;
  for (const journal::MinuteTally& minute : reading.recent) {
    recent.push_back(
        {minute.minute.time_since_epoch().count(), minute.tally.rows, minute.tally.failed});
  }
  const adapters::disk::FileStamp& stamp = reading.digest.stamp;
  return boost::json::serialize(
      boost::json::object{{"bureau", reading.bureau.str()},
                          {"dataset", reading.dataset.str()},
                          {"file", reading.file.string()},
                          {"source", reading.source},
                          {"digest", record::to_string(reading.digest.digest)},
                          {"lines", reading.digest.lines},
                          {"stamp", {stamp.device, stamp.inode, stamp.bytes, stamp.modified_ns}},
                          {"taken", intake::to_string(reading.taken)},
                          {"recent", std::move(recent)}});
}

std::expected<FileReading, record::Flaw> parse_question(std::string_view question) {
  const auto refused = [] {
    return std::unexpected(record::Flaw{
        "what is to be read was not understood; this command is `sluice import`'s own"});
  };
  try {
    const boost::json::value asked = boost::json::parse(question);
    const auto digest = record::parse_digest(asked.at("digest").as_string());
    const auto taken = intake::parse_source_cursor(asked.at("taken").as_string());
    if (!digest || !taken) return refused();
    const auto& stamp = asked.at("stamp").as_array();
    FileReading reading{
        record::BureauId(std::string(asked.at("bureau").as_string())),
        record::DatasetId(std::string(asked.at("dataset").as_string())),
        std::string(asked.at("file").as_string()),
        std::string(asked.at("source").as_string()),
        {*digest,
         {stamp.at(0).to_number<std::uint64_t>(), stamp.at(1).to_number<std::uint64_t>(),
          stamp.at(2).to_number<std::uint64_t>(), stamp.at(3).to_number<std::int64_t>()},
         asked.at("lines").to_number<std::uint64_t>()},
        *taken,
        {}};
    for (const boost::json::value& minute : asked.at("recent").as_array()) {
      reading.recent.push_back(
          {std::chrono::sys_time<std::chrono::minutes>(
               std::chrono::minutes(minute.at(0).to_number<std::int64_t>())),
           {minute.at(1).to_number<std::uint64_t>(), minute.at(2).to_number<std::uint64_t>()}});
    }
    return reading;
  } catch (const std::exception&) {  // of what is not there, or of another kind
    return refused();
  }
}

adapters::Result<intake::DoneFrame> read_file(const settings::Settings& settings,
                                              const FileReading& reading, intake::BatchSink& sink,
                                              adapters::Progress& progress) {
  const settings::Publication* publication = publication_of(settings, reading);
  const auto catalogue = exchange::Catalogue::compile(settings.datasets);
  const exchange::KnownDataset* known = catalogue ? catalogue->find(reading.dataset) : nullptr;
  if (publication == nullptr || known == nullptr) {
    return unreadable(reading.file, "the configuration has changed since it was to be read");
  }
  const auto read = [&](const intake::SourceCursor& taken) {
    const intake::SourceDelivery delivery{
        .dataset = known->dataset,
        .checker = known->checker,
        .mapping = publication->mapping,
        .reject_limit = publication->reject_limit,
        .mode = record::Mode::disk,
        .source = reading.source,
        .recent = intake::RecentRows(reading.recent, installation::system_now),
        .most_rows = reading.digest.lines};
    return read_behind(taken, settings, delivery,
                       adapters::disk::CsvCollector(reading.file, publication->disk,
                                                    publication->max_row_bytes, reading.digest),
                       sink, progress);
  };
  auto done = read(reading.taken);
  if (done || done.error().code != CollectionProblem::other_rows) return done;
  return read({});
}

bool answer_reading(const settings::Settings& settings, std::string_view question, int output) {
  FrameOutput frames(output);
  auto done = read_confined(settings, question, frames);
  if (done) return frames.write(std::move(*done));
  return frames.write(intake::FailureFrame{static_cast<std::uint64_t>(done.error().code),
                                           done.error().place, done.error().sentence});
}

}  // namespace sluice::jobs
