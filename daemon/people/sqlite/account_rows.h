// Accounts in the rows of SQLite's statements, for whoever selects them.
#pragma once

#include <optional>

#include "people/account_columns.h"
#include "people/sqlite/people_file.h"
#include "sqlite/database.h"

namespace sluice::people {

// Of a row that has all columns of `account` (`account.*`) from the column `first` to its end: so a
// look need not ask which form of the table it is, as later forms have theirs behind the others.
[[nodiscard]] AccountColumns account_columns_of_row(const sqlite::Statement& row, int first = 0);

[[nodiscard]] Result<std::optional<Account>> find_account(PeopleFile& file,
                                                          const AccountName& name);

}  // namespace sluice::people
