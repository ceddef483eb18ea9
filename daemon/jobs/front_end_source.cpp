#include "jobs/front_end_source.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "intake/conversion_plan.h"
#include "jobs/not_journaled.h"
#include "record/try.h"

namespace sluice::jobs {
namespace {

namespace front_end = adapters::front_end;

// The first line of a file; a line end behind it does not belong to the password.
adapters::Result<std::string> read_password(const std::filesystem::path& file) {
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

// Source columns that fields of type date take as they are: a timestamp of midnight is a date then.
std::vector<std::string> dates_of(const record::TableSchema& schema,
                                  const intake::Mapping& mapping) {
  std::vector<std::string> columns;
  for (const record::Field& field : schema.fields) {
    if (field.type != record::FieldType::date) continue;
    const auto mapped = std::ranges::find(mapping.fields, field.name, &intake::FieldMapping::field);
    if (mapped == mapping.fields.end()) {
      columns.push_back(field.name);
    } else if (!mapped->constant && mapped->steps.empty()) {
      columns.push_back(mapped->from.empty() ? field.name : mapped->from);
    }
  }
  return columns;
}

// For what the captures of a bureau keep beside the journal.
adapters::Result<std::filesystem::path> make_folder(const installation::Installation& installation,
                                                    const record::BureauId& bureau) {
  std::filesystem::path folder = installation.paths.captures(bureau);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(not_journaled(folder.string(), error.message()));
  return folder;
}

}  // namespace

adapters::Result<front_end::Source> front_end_look(const record::TableSchema& schema,
                                                   const settings::Bureau& bureau,
                                                   const settings::Publication& publication) {
  const front_end::ExchangeDatabase& database = bureau.front_end->database;
  auto password = SLUICE_TRY(read_password(database.password_file));
  return front_end::Source{.access = access_of(database, std::move(password)),
                           .exchange = publication.front_end,
                           .dataset = publication.dataset,
                           .fields = intake::wanted_columns(schema, publication.mapping),
                           .key = key_of(schema, publication.mapping),
                           .dates = dates_of(schema, publication.mapping),
                           .max_row_bytes = publication.max_row_bytes,
                           .folder = {},
                           .page_rows = database.page_rows};
}

adapters::Result<front_end::Source> front_end_source(const installation::Installation& installation,
                                                     const settings::Bureau& bureau,
                                                     const settings::Publication& publication) {
  const record::TableSchema& schema =
      installation.catalogue.find(publication.dataset)->dataset.schema;
  auto source = SLUICE_TRY(front_end_look(schema, bureau, publication));
  source.folder = SLUICE_TRY(make_folder(installation, bureau.id));
  return source;
}

intake::SourceDelivery front_end_delivery(const exchange::KnownDataset& known,
                                          const settings::Publication& publication,
                                          intake::RecentRows recent) {
  return {.dataset = known.dataset,
          .checker = known.checker,
          .mapping = publication.mapping,
          .reject_limit = publication.reject_limit,
          .mode = record::Mode::front_end,
          .source = publication.front_end.table.name,
          .recent = std::move(recent)};
}

}  // namespace sluice::jobs
