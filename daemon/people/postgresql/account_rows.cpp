#include "people/postgresql/account_rows.h"

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::people {

AccountColumns account_columns_of_row(const pqxx::row& row) {
  return {.name = row[0].as<std::string>(),
          .display_name = row[1].as<std::string>(),
          .roles = row[2].as<std::string>(),
          .bureau = row[3].is_null() ? std::nullopt : std::optional(row[3].as<std::string>()),
          .state = row[4].as<std::string>(),
          .must_change_password = row[5].as<bool>(),
          .password = row[6].as<std::string>(),
          .created_ms = row[7].as<std::int64_t>(),
          .changed_ms = row[8].as<std::int64_t>(),
          .version = row[9].as<std::int64_t>()};
}

Result<std::optional<Account>> find_account(pqxx::work& transaction, const AccountName& name,
                                            std::string_view lock) {
  const auto rows = transaction.exec_params(
      fmt::format("SELECT {} FROM sluice.account WHERE name = $1 {}", account_columns, lock),
      name.str());
  if (rows.empty()) return std::nullopt;
  return SLUICE_TRY(account_of(account_columns_of_row(rows[0])));
}

}  // namespace sluice::people
