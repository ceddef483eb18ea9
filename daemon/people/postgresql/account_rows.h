// Accounts in the rows of PostgreSQL's answers, for whoever selects them.
#pragma once

#include <optional>
#include <string_view>

#include <pqxx/pqxx>

#include "people/account_columns.h"

namespace sluice::people {

// What a SELECT names, in the order of AccountColumns; times are milliseconds since 1970.
constexpr std::string_view account_columns =
    "name, display_name, roles, bureau, state, must_change_password, password, "
    "round(extract(epoch FROM created_at) * 1000)::bigint, "
    "round(extract(epoch FROM changed_at) * 1000)::bigint, version";
constexpr int account_column_count = 10;

// Of a row that has these columns first.
[[nodiscard]] AccountColumns account_columns_of_row(const pqxx::row& row);

// `lock` comes last in the SELECT, such as FOR UPDATE; empty: none.
[[nodiscard]] Result<std::optional<Account>> find_account(pqxx::work& transaction,
                                                          const AccountName& name,
                                                          std::string_view lock);

}  // namespace sluice::people
