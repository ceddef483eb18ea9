#include "exchange/batch_replay.h"

#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "exchange/scratch_failure.h"
#include "record/copy_text.h"
#include "record/payload.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

// Asked for rows in ascending order.
class RefusedRowNumbers {
 public:
  explicit RefusedRowNumbers(std::span<const record::RefusedRows> refused)
      : ranges_(record::by_row(refused)) {}
  [[nodiscard]] bool has(std::uint64_t row) {
    while (next_ < ranges_.size() && ranges_[next_].rows.last < row)
      ++next_;
    return next_ < ranges_.size() && ranges_[next_].rows.first <= row;
  }

 private:
  std::vector<record::RefusedRange> ranges_;
  std::size_t next_ = 0;
};

void count(ChangeEffect effect, record::RowOutcomes& rows) {
  switch (effect) {
    case ChangeEffect::inserted:
      ++rows.inserted.value;
      return;
    case ChangeEffect::updated:
      ++rows.updated.value;
      return;
    case ChangeEffect::unchanged:
      ++rows.unchanged.value;
      return;
    case ChangeEffect::deleted:
      ++rows.deleted.value;
      return;
  }
}

Replayed not_replayed(std::string why) {
  return {.why_not = std::move(why), .ends_replay = true, .rows = std::nullopt};
}

std::string why_no_record(std::uint64_t line,
                          const std::expected<std::string_view, store::Unfit>& turned) {
  if (turned) return fmt::format("line {} of it is no record of its schema", line);
  const store::Unfit& why = turned.error();
  return fmt::format(
      "line {} of it does not fit what the tables were migrated to ({}: {}), and its receipt does "
      "not refuse it",
      line, why.field, why.rule);
}

}  // namespace

EntryEffect effect_of(const record::Receipt& receipt) {
  switch (receipt.outcome) {
    case record::Outcome::accepted:
      return EntryEffect::rows;
    case record::Outcome::rejected:
    case record::Outcome::held:  // what settles it has the rows
      return EntryEffect::nothing;
    case record::Outcome::duplicate:
      break;
  }
  return EntryEffect::unknown;
}

BatchReplay::Form::Form(DatasetVersions::Reading as_read)
    : reading(std::move(as_read)), reader(reading.schema), keys(reading.schema) {}

store::Result<BatchReplay::Found> BatchReplay::find_form(const record::Digest& schema) const {
  const auto written = SLUICE_TRY(schema_of_(schema));
  // Whoever writes in the database can not pass another schema off for the one that was signed.
  if (!written || record::schema_digest(*written) != schema) {
    return Found(std::unexpect,
                 fmt::format("the schema under which it was made is not known here ({})",
                             record::to_string(schema)));
  }
  auto reading = versions_.as_applied(*written, version_);
  if (!reading) {
    return Found(std::unexpect, "it can not be read by the schema under which it was made: " +
                                    reading.error().why);
  }
  return Found(std::make_unique<Form>(std::move(*reading)));
}

store::Result<const BatchReplay::Found*> BatchReplay::form_of(const record::Digest& schema) {
  if (const auto known = forms_.find(schema); known != forms_.end()) return &known->second;
  auto found = SLUICE_TRY(find_form(schema));
  return &forms_.emplace(schema, std::move(found)).first->second;
}

store::Result<Replayed> BatchReplay::take(const store::LedgerEntry& entry,
                                          const record::Batch& batch) {
  const auto receipt = record::parse_receipt(entry.receipt.json);
  if (!receipt) return not_replayed("its receipt is of a form that is not known here");
  switch (effect_of(*receipt)) {
    case EntryEffect::nothing:
      return Replayed{};
    case EntryEffect::unknown:
      return not_replayed(fmt::format("what an entry does that is `{}` is not known here",
                                      record::to_string(receipt->outcome)));
    case EntryEffect::rows:
      break;
  }
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) return not_replayed("its manifest can not be read");
  const Found* const form = SLUICE_TRY(form_of(manifest->schema));
  if (!*form) return not_replayed(form->error());
  last_schema_ = &(**form)->reading.schema;
  return take_rows(entry, batch, *manifest, *receipt, ***form);
}

store::Result<Replayed> BatchReplay::take_rows(const store::LedgerEntry& entry,
                                               const record::Batch& batch,
                                               const record::Manifest& manifest,
                                               const record::Receipt& receipt, Form& form) {
  RefusedRowNumbers refused(receipt.refused);
  Tally tally{.names_all = record::names_all_refused(receipt), .rows = {}};
  store::Result<void> taken;
  std::optional<std::string> broken;
  std::uint64_t number = 0;
  store::Row row;
  const auto take_line = [&](std::string_view line) {
    if (refused.has(++number)) {
      ++tally.rows.rejected.value;
      return true;
    }
    const auto turned = form.reading.conversion.turn(line);
    const auto key =
        turned && form.reader.read(*turned, number, row) ? form.keys.encode(row) : std::nullopt;
    if (key) {
      taken = take_row(entry, *key, row, tally);
    } else if (tally.names_all) {
      broken = why_no_record(number, turned);
    }
    return taken && !broken;
  };
  const auto read =
      record::read_payload(batch.payload, manifest.payload_raw_bytes, [&](std::string_view lines) {
        while (!lines.empty()) {
          const std::size_t end = lines.find('\n');
          if (!take_line(lines.substr(0, end))) return false;
          lines.remove_prefix(end + 1);
        }
        return true;
      });
  if (!taken) return std::unexpected(taken.error());
  if (!read) broken = record::to_string(read.error());
  if (broken) return not_replayed(std::move(*broken));
  Replayed replayed;
  if (tally.names_all && tally.is_certain) replayed.rows = tally.rows;
  if (!tally.names_all) {
    replayed.why_not = fmt::format(
        "its receipt refuses {} rows and names {}: what became of the other records that it is "
        "about can not be told",
        receipt.rows.rejected.value, record::count_of(receipt.refused).value);
  }
  return replayed;
}

store::Result<void> BatchReplay::take_row(const store::LedgerEntry& entry, std::string_view key,
                                          const store::Row& row, Tally& tally) {
  if (!tally.names_all) return record::recast(tables_.doubt(number_, key, row), of_scratch);
  if (SLUICE_TRY(record::recast(tables_.is_in_doubt(number_, key), of_scratch))) {
    tally.is_certain = false;
    return record::recast(tables_.change_in_doubt(number_, key, row), of_scratch);
  }
  const auto effect =
      SLUICE_TRY(record::recast(tables_.apply(number_, key, row, entry), of_scratch));
  count(effect, tally.rows);
  return {};
}

}  // namespace sluice::exchange
