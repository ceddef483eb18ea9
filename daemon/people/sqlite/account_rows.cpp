#include "people/sqlite/account_rows.h"

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::people {

AccountColumns account_columns_of_row(const sqlite::Statement& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  return {.name = text(0),
          .display_name = text(1),
          .roles = text(2),
          .bureau = row.is_null(3) ? std::nullopt : std::optional(text(3)),
          .state = text(4),
          .must_change_password = row.integer(5) != 0,
          .password = text(6),
          .created_ms = row.integer(7),
          .changed_ms = row.integer(8),
          .version = row.integer(9)};
}

Result<std::optional<Account>> find_account(PeopleFile& file, const AccountName& name) {
  auto select = SLUICE_TRY(
      file.prepare(fmt::format("SELECT {} FROM account WHERE name = ?1", account_columns)));
  select.bind(1, name.str());
  if (!SLUICE_TRY(file.ours(select.step()))) return std::nullopt;
  return SLUICE_TRY(account_of(account_columns_of_row(select)));
}

}  // namespace sluice::people
