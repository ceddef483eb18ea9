// The versions that a dataset's tables had, as the migrations of the ledger tell them: under which
// of them a batch was made that comes late, and what makes lines of the version in use of its own.
// A batch is turned by this when it is applied, and again when the archive is replayed.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "exchange/version_conversion.h"
#include "record/failure.h"
#include "record/older_schema.h"
#include "record/table_schema.h"
#include "store/migrations.h"

namespace sluice::exchange {

// Step by step from the schema under which lines were made to another. One owner, one thread.
class LineConversion {
 public:
  // As store::LineConverter.
  [[nodiscard]] std::expected<std::string_view, store::Unfit> turn(std::string_view line);
  // Why deletes can not be turned, half a sentence; nothing: they can.
  [[nodiscard]] std::optional<std::string> why_no_deletes() const;

 private:
  friend class DatasetVersions;
  std::vector<std::variant<record::LineTurner, VersionConversion>> steps_;
};

// Why lines can not be read, half a sentence.
struct NotReadable {
  std::string why;
  bool of_before = false;  // they may be of before the last migration
};

class DatasetVersions {
 public:
  // Of the last version, which no migration has signed yet.
  struct Present {
    std::optional<record::TableSchema> schema;  // as it is now; nothing: it is not known
    // Others that it is known to have had, ascending.
    std::vector<record::Digest> schemas = {};
  };
  // `migrations`: all of one dataset, the oldest first. Fails where a schema can not be read.
  [[nodiscard]] static std::expected<DatasetVersions, record::Flaw> read(
      std::vector<store::MigrationEntry> migrations, Present present);

  [[nodiscard]] const std::vector<store::MigrationEntry>& migrations() const { return migrations_; }
  [[nodiscard]] store::Version last() const { return {migrations_.size() + 1}; }
  // Of the last version: under which it began. Null: nothing was ever migrated.
  [[nodiscard]] const record::TableSchema* last_began_with() const;
  // Whether a schema may be one of the last version: it has all that this one began with.
  [[nodiscard]] bool may_be_of_last(const record::TableSchema& schema) const;
  // As `present` of read().
  void know_present(record::TableSchema present) { versions_.back().ended = std::move(present); }

  // Of one that a migration ended: its schema then.
  [[nodiscard]] const record::TableSchema& ended_with(store::Version version) const {
    return *ends(version).ended;
  }
  // Of one that a migration began: its schema then, and what that made the records of.
  [[nodiscard]] const record::TableSchema& began_with(store::Version version) const {
    return *ends(version).began;
  }
  [[nodiscard]] std::expected<VersionConversion, record::Flaw> conversion_into(
      store::Version version) const;

  // Of a batch that comes now: into the columns of the present schema. A schema that no version is
  // known to have had and several may have is taken for none of them.
  [[nodiscard]] std::expected<LineConversion, NotReadable> to_present(
      const record::TableSchema& written) const;

  // Of a batch that was applied while the tables were of that version.
  struct Reading {
    LineConversion conversion;
    record::TableSchema schema;  // of the lines that it makes
  };
  [[nodiscard]] std::expected<Reading, NotReadable> as_applied(const record::TableSchema& written,
                                                               store::Version in) const;

 private:
  struct Ends {
    std::optional<record::TableSchema> began;         // nothing: the first version does not tell
    std::optional<record::TableSchema> ended;         // nothing: as `present`
    std::vector<record::Digest> signed_schemas = {};  // ascending; of one that is over
  };
  [[nodiscard]] const Ends& ends(store::Version version) const {
    return versions_[version.value - 1];
  }
  void leave_to_the_first();
  [[nodiscard]] std::optional<store::Version> known_to_have_had(const record::TableSchema& written,
                                                                store::Version up_to) const;
  [[nodiscard]] std::vector<store::Version> that_may_have_had(const record::TableSchema& written,
                                                              store::Version up_to) const;
  [[nodiscard]] NotReadable of_no_version(const record::TableSchema& written) const;
  // `target`: the columns of version `to` that are wanted; null: those under which it began.
  struct Way {
    store::Version from;
    store::Version to;
    const record::TableSchema* target;
  };
  [[nodiscard]] std::expected<LineConversion, record::Flaw> conversion(
      const record::TableSchema& written, const Way& way) const;

  std::vector<store::MigrationEntry> migrations_;
  std::vector<Ends> versions_;
  std::vector<record::Digest> present_schemas_;
};

}  // namespace sluice::exchange
