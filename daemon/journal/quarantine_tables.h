// The statements of a journal's quarantine; no transaction for what they write. A million rows may
// wait: whatever is read is found by an index, and lists leave the rows' bytes where they are.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "journal/quarantine.h"
#include "sqlite/database.h"

namespace sluice::journal {

class QuarantineTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql, and must outlive this.
  [[nodiscard]] static Result<QuarantineTables> prepare(sqlite::Database& database);
  // What is read with, so that a test can ask SQLite how it would find the rows.
  [[nodiscard]] static std::vector<std::string_view> reads();

  [[nodiscard]] Result<void> add(const QuarantinedRow& row, record::Time at);
  // False: no such entry waits.
  [[nodiscard]] Result<bool> settle(std::int64_t id, QuarantineState state,
                                    const QuarantineSettlement& settlement);

  // Of the entries that were settled before, the first ones, at most so many: how many went.
  [[nodiscard]] Result<std::uint64_t> forget_settled(record::Time before, std::uint64_t most);

  [[nodiscard]] Result<std::uint64_t> waiting();
  [[nodiscard]] Result<std::vector<QuarantineCount>> counts();
  [[nodiscard]] Result<std::vector<QuarantineTally>> tallies();
  [[nodiscard]] Result<std::set<std::string>> rules();
  [[nodiscard]] Result<std::vector<QuarantineEntry>> page(const QuarantineFilter& filter,
                                                          const QuarantineCut& cut);
  [[nodiscard]] Result<std::optional<QuarantineEntry>> entry(std::int64_t id);

 private:
  // Entries of one state, dataset and rule lie together in the index, in order of id.
  struct Group {
    QuarantineState state = QuarantineState::waiting;
    std::string dataset;
    std::string rule;
  };
  // By dataset and rule.
  [[nodiscard]] Result<std::vector<QuarantineTally>> tallies_of(QuarantineState state);
  [[nodiscard]] Result<record::Time> time_of_entry(std::int64_t id);
  [[nodiscard]] Result<std::vector<Group>> groups(const QuarantineFilter& filter);
  [[nodiscard]] Result<std::vector<std::string>> datasets(QuarantineState state);
  [[nodiscard]] Result<std::vector<std::string>> rules(QuarantineState state,
                                                       const std::string& dataset);
  [[nodiscard]] Result<std::vector<std::int64_t>> ids(const QuarantineFilter& filter,
                                                      const QuarantineCut& cut);

  sqlite::Statement add_, mark_, note_, waiting_, counts_, time_, next_dataset_, next_rule_,
      ids_after_, ids_before_, head_, entry_, settled_, forget_entry_, forget_note_, add_refusal_,
      forget_refusal_;
  sqlite::Database* database_ = nullptr;
};

}  // namespace sluice::journal
