#include "people/sqlite/account_rows.h"

#include <fmt/format.h>

#include "people/format.h"
#include "record/try.h"

namespace sluice::people {

Result<std::string_view> account_columns(PeopleFile& file) {
  if (SLUICE_TRY(file.has(format_with_certificates))) {
    return "name, display_name, roles, bureau, state, must_change_password, password, created_at, "
           "changed_at, version, certificate_issuer, certificate_subject";
  }
  return "name, display_name, roles, bureau, state, must_change_password, password, created_at, "
         "changed_at, version, NULL, NULL";
}

AccountColumns account_columns_of_row(const sqlite::Statement& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  const auto text_or_none = [&](int column) {
    return row.is_null(column) ? std::nullopt : std::optional(text(column));
  };
  return {.name = text(0),
          .display_name = text(1),
          .roles = text(2),
          .bureau = text_or_none(3),
          .state = text(4),
          .must_change_password = row.integer(5) != 0,
          .password = text(6),
          .created_ms = row.integer(7),
          .changed_ms = row.integer(8),
          .version = row.integer(9),
          .certificate_issuer = text_or_none(10),
          .certificate_subject = text_or_none(11)};
}

Result<std::optional<Account>> find_account(PeopleFile& file, const AccountName& name) {
  const auto columns = SLUICE_TRY(account_columns(file));
  auto select =
      SLUICE_TRY(file.prepare(fmt::format("SELECT {} FROM account WHERE name = ?1", columns)));
  select.bind(1, name.str());
  if (!SLUICE_TRY(file.ours(select.step()))) return std::nullopt;
  return SLUICE_TRY(account_of(account_columns_of_row(select)));
}

}  // namespace sluice::people
