// Accounts in the rows of PostgreSQL's answers, for whoever selects them.
#pragma once

#include <optional>
#include <string_view>

#include <pqxx/pqxx>

#include "people/account_columns.h"
#include "people/postgresql/connection.h"

namespace sluice::people {

// What a SELECT names, in the order of AccountColumns; times are milliseconds since 1970.
[[nodiscard]] Result<std::string_view> account_columns(Connection& connection,
                                                       pqxx::transaction_base& transaction);
constexpr int account_column_count = 12;

// Of a row that has these columns first.
[[nodiscard]] AccountColumns account_columns_of_row(const pqxx::row& row);

// `lock` comes last in the SELECT, such as FOR UPDATE; empty: none.
[[nodiscard]] Result<std::optional<Account>> find_account(Connection& connection,
                                                          pqxx::transaction_base& transaction,
                                                          const AccountName& name,
                                                          std::string_view lock);

}  // namespace sluice::people
