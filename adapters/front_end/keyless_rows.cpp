#include "adapters/front_end/keyless_rows.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

std::string names_of_key(const SourceTable& table) {
  std::vector<std::string> names;
  names.reserve(table.key.size());
  for (const odbc::SourceColumn& column : table.key)
    names.push_back(column.name);
  return fmt::to_string(fmt::join(names, ", "));
}

}  // namespace

intake::RowProblem no_key(const SourceTable& table) {
  return {"", "no-key",
          fmt::format("a column of its key ({}) is NULL, so that the record can not be told from "
                      "others; expected a value",
                      names_of_key(table))};
}

CollectionFailure too_many_keyless(const SourceTable& table) {
  return {CollectionProblem::bad_columns, table.name.name,
          fmt::format("more than {} rows have NULL in a column of the key ({}); expected few or "
                      "none: have the bureau fill the column, or name another key with `key: […]`",
                      most_keyless_rows, names_of_key(table))};
}

Result<void> refuse_keyless(CaptureRun& run, const Query& among, const Remembering& remembering) {
  const SourceTable& table = run.reader.table();
  const odbc::Dialect& dialect = run.connection.dialect();
  const Query is_keyless = is_missing_one(dialect, table.key);
  if (is_keyless.sql.empty()) return {};
  // What was read by key is not to be lost if these are too many.
  SLUICE_TRY(checkpoint(run));
  std::vector<SentVersion> refused;
  std::string buffer;
  const auto rows =
      run.reader.read(select(dialect, table.columns, table.name, all_of({is_keyless, among}),
                             table.key, most_keyless_rows + 1),
                      [&](const TableRow& row) -> Result<void> {
                        const record::RowDigest digest = row.digest(buffer);
                        const auto before = remembering.window.find(digest);
                        if (!before) return std::unexpected(collection_failure(before.error()));
                        if (*before) return {};
                        refused.push_back({digest, digest, remembering.mark_of(row)});
                        return run.reader.refuse(row, no_key(table));
                      });
  if (!rows) return std::unexpected(rows.error());
  if (*rows > most_keyless_rows) return std::unexpected(too_many_keyless(table));
  if (refused.empty()) return {};
  SLUICE_TRY(checkpoint(run));
  SLUICE_TRY(settle(run));
  if (auto kept = remembering.window.keep(refused, remembering.from); !kept) {
    return std::unexpected(collection_failure(kept.error()));
  }
  return {};
}

}  // namespace sluice::adapters::front_end
