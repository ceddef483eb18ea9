#include "people/postgresql/account_rows.h"

#include <fmt/format.h>

#include "people/format.h"
#include "record/try.h"

namespace sluice::people {

Result<std::string_view> account_columns(Connection& connection,
                                         pqxx::transaction_base& transaction) {
  if (SLUICE_TRY(connection.has(format_with_certificates, transaction))) {
    return "name, display_name, roles, bureau, state, must_change_password, password, "
           "round(extract(epoch FROM created_at) * 1000)::bigint, "
           "round(extract(epoch FROM changed_at) * 1000)::bigint, version, "
           "certificate_issuer, certificate_subject";
  }
  return "name, display_name, roles, bureau, state, must_change_password, password, "
         "round(extract(epoch FROM created_at) * 1000)::bigint, "
         "round(extract(epoch FROM changed_at) * 1000)::bigint, version, NULL, NULL";
}

AccountColumns account_columns_of_row(const pqxx::row& row) {
  const auto text_or_none = [&](int column) {
    const pqxx::field field = row[column];
    return field.is_null() ? std::nullopt : std::optional(field.as<std::string>());
  };
  return {.name = row[0].as<std::string>(),
          .display_name = row[1].as<std::string>(),
          .roles = row[2].as<std::string>(),
          .bureau = text_or_none(3),
          .state = row[4].as<std::string>(),
          .must_change_password = row[5].as<bool>(),
          .password = row[6].as<std::string>(),
          .created_ms = row[7].as<std::int64_t>(),
          .changed_ms = row[8].as<std::int64_t>(),
          .version = row[9].as<std::int64_t>(),
          .certificate_issuer = text_or_none(10),
          .certificate_subject = text_or_none(11)};
}

Result<std::optional<Account>> find_account(Connection& connection,
                                            pqxx::transaction_base& transaction,
                                            const AccountName& name, std::string_view lock) {
  const auto columns = SLUICE_TRY(account_columns(connection, transaction));
  const auto rows = connection.run_planned(
      transaction, fmt::format("SELECT {} FROM sluice.account WHERE name = $1 {}", columns, lock),
      name.str());
  if (rows.empty()) return std::nullopt;
  return SLUICE_TRY(account_of(account_columns_of_row(rows[0])));
}

}  // namespace sluice::people
