#include "people/sqlite/account_rows.h"

#include "record/try.h"

namespace sluice::people {

namespace {

// Of `account` as it is in every form; in that order they come first.
constexpr int columns_of_all_formats = 10;

}  // namespace

AccountColumns account_columns_of_row(const sqlite::Statement& row, int first) {
  const auto text = [&](int column) { return std::string(row.text(first + column)); };
  const auto text_or_none = [&](int column) {
    return row.is_null(first + column) ? std::nullopt : std::optional(text(column));
  };
  AccountColumns columns{.name = text(0),
                         .display_name = text(1),
                         .roles = text(2),
                         .bureau = text_or_none(3),
                         .state = text(4),
                         .must_change_password = row.integer(first + 5) != 0,
                         .password = text(6),
                         .created_ms = row.integer(first + 7),
                         .changed_ms = row.integer(first + 8),
                         .version = row.integer(first + 9),
                         .certificate_issuer = std::nullopt,
                         .certificate_subject = std::nullopt};
  if (row.columns() > first + columns_of_all_formats) {
    columns.certificate_issuer = text_or_none(10);
    columns.certificate_subject = text_or_none(11);
  }
  return columns;
}

Result<std::optional<Account>> find_account(PeopleFile& file, const AccountName& name) {
  auto select = SLUICE_TRY(file.prepare("SELECT * FROM account WHERE name = ?1"));
  select.bind(1, name.str());
  if (!SLUICE_TRY(file.ours(select.step()))) return std::nullopt;
  return SLUICE_TRY(account_of(account_columns_of_row(select)));
}

}  // namespace sluice::people
