// An fsync that fails in any of the databases beside the journals stops the node as one of a
// journal does: what was said to be kept may be gone.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "installation/installation.h"
#include "support/failing_disk.h"
#include "support/temporary_directory.h"

namespace sluice::installation::test {
namespace {

using testing::HasSubstr;
using testing::Optional;

const record::Time moment = record::parse_time("2026-11-29T02:00:00.000Z").value();

struct Database {
  const char* file;
  // Writes one thing; false: it was not kept.
  std::function<bool(const settings::Settings&, std::shared_ptr<files::StateDisk>)> write;
};

bool write_people(const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  static int written = 0;  // no two of one name
  const people::Account account{
      .name = people::AccountName("wang" + std::to_string(++written)),
      .display_name = "王小明",
      .assignment = {.roles = {people::Role::clerk}, .bureau = record::BureauId("park")},
      .password = people::PasswordHash("$argon2id$of wang")};
  return open_people(settings, std::move(disk)).value()->add(account).has_value();
}

bool write_tasks(const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  const tasks::NewTask task{.bureau = record::BureauId("park"),
                            .dataset = record::DatasetId("approval")};
  const auto tasks = tasks_opener(settings, std::move(disk))().value();
  return tasks->add(std::span(&task, 1), std::nullopt, moment).has_value();
}

bool write_edges(const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  static auto received_at = moment;  // the same report again would be no write
  received_at += std::chrono::minutes(1);
  const edges::KeptReport report{.bureau = record::BureauId("park"),
                                 .node = record::NodeId("edge"),
                                 .received_at = received_at,
                                 .report = {}};
  return open_kept_reports(settings, std::move(disk)).value()->keep(report).has_value();
}

bool write_audit(const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  auto log = trust::AuditLog::open(
      Paths(settings.node.state_directory).audit_log(), [] { return moment; },
      trust::AuditLog::default_retention,
      [disk](const std::string& reason) { disk->distrust(reason); });
  return log.value().append({"store-accepted", {{"actor", "root"}, {"target", "x"}}}).has_value();
}

class FailedSync : public testing::TestWithParam<Database> {
 protected:
  FailedSync() {
    settings_.node.state_directory = directory_.path();
    settings_.node.store = settings::SqliteLocation{directory_ / "central.sqlite"};
  }
  std::shared_ptr<files::StateDisk> disk() {
    return std::make_shared<files::StateDisk>(directory_ / "not-durable", std::nullopt,
                                              [] { return std::optional<files::Space>(); });
  }

  record::test::TemporaryDirectory directory_;
  settings::Settings settings_;
};

TEST_P(FailedSync, IsTheWholeNodesMatter) {
  {
    sluice::test::FailingDisk failing;
    const auto own = disk();
    EXPECT_TRUE(GetParam().write(settings_, own));
    EXPECT_EQ(own->distrusted(), std::nullopt);
    const auto again = disk();
    failing.fail_fsyncs(SQLITE_IOERR_FSYNC);
    EXPECT_FALSE(GetParam().write(settings_, again));
    EXPECT_THAT(again->distrusted(), Optional(HasSubstr(GetParam().file)));
  }
  EXPECT_THAT(disk()->distrusted(), Optional(HasSubstr(GetParam().file))) << "another process";
}

INSTANTIATE_TEST_SUITE_P(Of, FailedSync,
                         testing::Values(Database{"people.sqlite", write_people},
                                         Database{"tasks.sqlite", write_tasks},
                                         Database{"edges.sqlite", write_edges},
                                         Database{"audit.sqlite", write_audit}),
                         [](const auto& named) {
                           const std::string file = named.param.file;
                           return file.substr(0, file.find('.'));
                         });

}  // namespace
}  // namespace sluice::installation::test
