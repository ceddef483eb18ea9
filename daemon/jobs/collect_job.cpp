#include "jobs/collect_job.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "adapters/front_end/front_end_collector.h"
#include "intake/change_intake.h"
#include "intake/conversion_plan.h"
#include "intake/journal_sink.h"
#include "jobs/run_lock.h"

namespace sluice::jobs {
namespace {

namespace front_end = adapters::front_end;

constexpr std::string_view channel = "front-end";

adapters::CollectionFailure journal_failed(std::string place, std::string sentence) {
  return {adapters::CollectionProblem::journal_failed, std::move(place), std::move(sentence)};
}

std::unexpected<CollectFailure> failed(adapters::CollectionFailure failure,
                                       CollectReport report = {}) {
  return std::unexpected(CollectFailure{std::move(failure), std::move(report)});
}

// The first line of a file; a line end behind it does not belong to the password.
std::expected<std::string, adapters::CollectionFailure> read_password(
    const std::filesystem::path& file) {
  std::string password;
  if (file.empty()) return password;
  std::ifstream stream(file);
  if (!std::getline(stream, password)) {
    return std::unexpected(
        adapters::CollectionFailure{adapters::CollectionProblem::unreadable, file.string(),
                                    "no password can be read from it; expected its first line"});
  }
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

front_end::odbc::Access access_of(const front_end::ExchangeDatabase& database,
                                  std::string password) {
  return {.connection = database.connection,
          .password = std::move(password),
          .login_timeout = database.login_timeout,
          .query_timeout = database.query_timeout,
          .encoding = database.encoding,
          .time_zone = database.time_zone,
          .writes = database.write_back};
}

// Source columns that the dataset's primary key comes from.
std::vector<std::string> key_of(const record::TableSchema& schema, const intake::Mapping& mapping) {
  std::vector<std::string> columns;
  for (const std::string& field : schema.primary_key) {
    const auto mapped = std::ranges::find(mapping.fields, field, &intake::FieldMapping::field);
    if (mapped != mapping.fields.end() && mapped->constant) continue;
    const bool is_renamed = mapped != mapping.fields.end() && !mapped->from.empty();
    columns.push_back(is_renamed ? mapped->from : field);
  }
  return columns;
}

// For what the captures of a bureau keep beside the journal.
std::expected<std::filesystem::path, adapters::CollectionFailure> make_folder(
    const foundation::Foundation& foundation, const record::BureauId& bureau) {
  std::filesystem::path folder = foundation.capture_directory(bureau);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(journal_failed(folder.string(), error.message()));
  return folder;
}

CollectReport report_of(const intake::ChangeIntake& intake, const intake::JournalSink& sink) {
  const intake::ChangeCounts& counts = intake.counts();
  return {.rows = counts.rows,
          .upserts = counts.upserts,
          .deletes = counts.deletes,
          .quarantined = counts.quarantined,
          .reasons = intake.reasons(),
          .batches = sink.sequences()};
}

}  // namespace

std::expected<CollectReport, CollectFailure> run_collect(const foundation::Foundation& foundation,
                                                         const CollectRequest& request,
                                                         const CollectEvents& events) {
  const record::BureauId& bureau = request.bureau.id;
  const settings::Publication& publication = request.publication;
  const front_end::ExchangeDatabase& database = request.bureau.front_end->database;
  const exchange::KnownDataset& known = *foundation.catalogue.find(publication.dataset);

  auto password = read_password(database.password_file);
  if (!password) return failed(std::move(password.error()));
  auto folder = make_folder(foundation, bureau);
  if (!folder) return failed(std::move(folder.error()));
  const auto lock =
      RunLock::take(foundation.scratch_directory() / (bureau.str() + ".collect.lock"));
  if (!lock) return failed(journal_failed("", lock.error()));
  auto journal = foundation.open_journal(bureau);
  if (!journal) return failed(journal_failed(journal.error().place, journal.error().sentence));
  const auto kept = journal->cursor(channel, publication.dataset.str());
  if (!kept) return failed(journal_failed(kept.error().place, kept.error().sentence));

  intake::JournalSink sink(*journal,
                           {foundation.origin(publication.dataset, record::Mode::front_end),
                            std::string(channel), publication.dataset.str()},
                           [&](const journal::JournalFailure& failure) {
                             events.waiting_for_room(record::to_string(failure));
                           });
  const journal::Limits& limits = foundation.settings.node.journal;
  intake::ChangeIntake intake({.dataset = known.dataset,
                               .checker = known.checker,
                               .mapping = publication.mapping,
                               .reject_limit = publication.reject_limit,
                               .mode = record::Mode::front_end,
                               .source = publication.front_end.table.name},
                              {limits.batch_rows, limits.batch_bytes},
                              *kept ? (*kept)->value : std::string(), sink);
  front_end::FrontEndCollector collector(
      {.access = access_of(database, std::move(*password)),
       .exchange = publication.front_end,
       .dataset = publication.dataset,
       .fields = intake::wanted_columns(known.dataset.schema, publication.mapping),
       .key = key_of(known.dataset.schema, publication.mapping),
       .max_row_bytes = publication.max_row_bytes,
       .folder = std::move(*folder),
       .page_rows = database.page_rows,
       .accepts_columns = request.accepts_columns,
       .reads_anew = request.reads_anew},
      intake);
  auto collected = collector.collect(intake, events.reading);
  // What was marked before a failure stands; what was not is read again the next time.
  const auto settled = intake.settle();
  if (!collected) return failed(std::move(collected.error()), report_of(intake, sink));
  if (!settled) {
    return failed(adapters::collection_failure(settled.error()), report_of(intake, sink));
  }
  return report_of(intake, sink);
}

}  // namespace sluice::jobs
