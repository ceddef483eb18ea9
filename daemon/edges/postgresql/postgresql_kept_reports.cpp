#include "edges/postgresql/postgresql_kept_reports.h"

#include <string>
#include <utility>

#include "edges/format.h"
#include "edges/postgresql/ddl.h"
#include "postgresql/pqxx_connection.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::edges {
namespace {

KeepingFailure ours(const postgresql::ConnectionFailure& failure) {
  const bool may_pass = failure.code == postgresql::ConnectionProblem::unavailable;
  return {may_pass ? KeepingProblem::unavailable : KeepingProblem::failed, failure.place,
          failure.sentence};
}

class PostgresqlKeptReports final : public KeptReports {
 public:
  explicit PostgresqlKeptReports(postgresql::Access access)
      : connection_(std::move(access), {.matter = "edges",
                                        .format_table = "edges_format",
                                        .newest_format = newest_format,
                                        .ddl = edges_ddl}) {}

  Result<void> keep(const KeptReport& report) override;
  Result<std::vector<KeptReport>> all() override;

 private:
  postgresql::PqxxConnection connection_;
};

Result<void> PostgresqlKeptReports::keep(const KeptReport& report) {
  const auto in_transaction = [&](pqxx::work& transaction) -> Result<void> {
    SLUICE_TRY(record::recast(connection_.bring_to(newest_format, transaction), ours));
    transaction.exec_params(
        R"sql(
          INSERT INTO sluice.quarantine_report (bureau, node, received_at, report)
          VALUES ($1, $2, $3::timestamptz, $4)
          ON CONFLICT (bureau) DO UPDATE
          SET node = excluded.node, received_at = excluded.received_at,
            report = excluded.report)sql",
        report.bureau.str(), report.node.str(), record::to_string(report.received_at),
        to_json(report.report));
    return {};
  };
  return connection_.transact(in_transaction, ours);
}

Result<std::vector<KeptReport>> PostgresqlKeptReports::all() {
  const auto in_transaction = [&](pqxx::work& transaction) -> Result<std::vector<KeptReport>> {
    std::vector<KeptReport> all;
    if (!SLUICE_TRY(record::recast(connection_.has(newest_format, transaction), ours))) return all;
    const auto rows = transaction.exec(
        R"sql(
          SELECT bureau, node, round(extract(epoch FROM received_at) * 1000)::bigint, report
          FROM sluice.quarantine_report
          ORDER BY bureau)sql");
    for (const pqxx::row& row : rows) {
      auto report = parse_report(row[3].c_str());
      if (!report) {
        return std::unexpected(KeepingFailure{
            KeepingProblem::failed, "central store",
            "a row of sluice.quarantine_report is not ours: " + report.error().sentence});
      }
      all.push_back(
          {record::BureauId(row[0].as<std::string>()), record::NodeId(row[1].as<std::string>()),
           record::Time(std::chrono::milliseconds(row[2].as<std::int64_t>())), std::move(*report)});
    }
    return all;
  };
  return connection_.transact(in_transaction, ours);
}

}  // namespace

Result<std::unique_ptr<KeptReports>> open_postgresql(postgresql::Access access) {
  if (auto understood = postgresql::check(access); !understood) {
    return std::unexpected(
        KeepingFailure{KeepingProblem::failed, "central store", understood.error().sentence});
  }
  return std::make_unique<PostgresqlKeptReports>(std::move(access));
}

}  // namespace sluice::edges
