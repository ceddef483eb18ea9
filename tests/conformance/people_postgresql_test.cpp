// What only a server can do to the people in it: go, come back, end a session, refuse a right.
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/people_home.h"
#include "conformance/store_tcp_proxy.h"
#include "people/postgresql/postgresql_people.h"
#include "postgresql/locks.h"
#include "store/postgresql/postgresql_store.h"

namespace sluice::test {
namespace {

using people::AccountName;
using people::PeopleProblem;
using ::testing::HasSubstr;
using ::testing::Not;

class PeoplePostgresqlTest : public ::testing::Test {
 protected:
  PeoplePostgresqlTest() : conninfo_(people_cluster().socket(people_cluster().create_database())) {}

  std::unique_ptr<people::People> open(const std::string& conninfo) {
    return people::open_postgresql({.connection = conninfo, .password_file = {}}, std::ref(clock_))
        .value();
  }
  std::unique_ptr<people::People> open() { return open(conninfo_); }
  std::unique_ptr<store::Store> open_store() {
    return store::open_postgresql({.connection = conninfo_, .password_file = {}}, std::ref(clock_))
        .value();
  }

  // By a trigger, which runs in the session that writes.
  void note_settings_of_inserts() {
    ask(conninfo_, R"sql(
      CREATE TABLE public.seen (number serial, setting text);
      CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO public.seen (setting)
        VALUES (current_setting('synchronous_commit') || ' ' || current_setting('search_path')
          || ' ' || current_setting('lock_timeout'));
        RETURN NEW;
      END $$;
      CREATE TRIGGER see BEFORE INSERT ON sluice.account
        FOR EACH ROW EXECUTE FUNCTION public.see())sql");
  }

  // `call` is made by another thread, in this database.
  template <class Call>
  void wait_until_it_waits_for_a_lock(const Call& call) {
    while (ask(conninfo_,
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = "
               "current_database()") != "1") {
      ASSERT_NE(call.wait_for(std::chrono::seconds(0)), std::future_status::ready)
          << "it did not wait";
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  // What an administrator runs.
  static std::string ddl() {
    std::ifstream file(SLUICE_SOURCE_DIR "/schemas/people.postgresql.sql");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  MinuteClock clock_;
  std::string conninfo_;
};

TEST_F(PeoplePostgresqlTest, ServerThatIsDownIsUnavailableUntilItIsBack) {
  people_cluster().stop(PostgresqlCluster::Stop::fast);
  const auto people = open();
  const auto added = people->add(clerk("wang"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, PeopleProblem::unavailable);
  EXPECT_EQ(people->find(AccountName("wang")).error().code, PeopleProblem::unavailable);
  people_cluster().start();
  ASSERT_TRUE(people->add(clerk("wang")));
  EXPECT_TRUE(people->find(AccountName("wang")).value());
}

TEST_F(PeoplePostgresqlTest, ServerThatWasRestartedIsFoundAgain) {
  const auto people = open();
  ASSERT_TRUE(people->add(clerk("wang")));
  people_cluster().restart(PostgresqlCluster::Stop::kill);
  // Whether the first call hears of it or libpqxx connects anew before that, the second succeeds.
  const auto first = people->find(AccountName("wang"));
  EXPECT_TRUE(first || first.error().code == PeopleProblem::unavailable);
  EXPECT_TRUE(people->find(AccountName("wang")).value());
}

TEST_F(PeoplePostgresqlTest, SessionThatIsMadeAnewHasItsSettings) {
  const auto people = open();
  ASSERT_TRUE(people->add(clerk("wang")));
  note_settings_of_inserts();
  for (const char* name : {"li", "zhao"}) {
    ask(conninfo_,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' "
        "AND datname = current_database()");
    static_cast<void>(people->find(AccountName("wang")));  // may hear of the one that is gone
    ASSERT_TRUE(people->add(clerk(name)));
    EXPECT_EQ(ask(conninfo_, "SELECT setting FROM public.seen ORDER BY number DESC LIMIT 1"),
              "on pg_catalog 10s");
  }
}

// The lock of whoever takes an administrator away, held until both wait for it: each has then
// locked its own row, and would see the other as an administrator still.
TEST_F(PeoplePostgresqlTest, AdministratorsWhoAreTakenAwayWaitForEachOther) {
  const auto mine = open();
  const auto theirs = open();
  auto one = mine->add(administrator("one")).value();
  auto other = theirs->add(administrator("other")).value();
  one.state = other.state = people::AccountState::disabled;
  const auto holder = connected(conninfo_);
  execute(*holder, fmt::format("SELECT pg_advisory_lock({})",
                               postgresql::lock_keys(postgresql::Lock::administrators)));
  auto first = std::async(std::launch::async, [&] { return mine->change(one); });
  auto second = std::async(std::launch::async, [&] { return theirs->change(other); });
  const auto is_over = [](const auto& change) {
    return change.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  while (ask(conninfo_,
             "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != "2") {
    ASSERT_FALSE(is_over(first) || is_over(second)) << "one did not wait";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  execute(*holder, "SELECT pg_advisory_unlock_all()");
  const auto mine_changed = first.get();
  const auto theirs_changed = second.get();
  EXPECT_NE(mine_changed.has_value(), theirs_changed.has_value());
  EXPECT_EQ((mine_changed ? theirs_changed : mine_changed).error().code,
            PeopleProblem::last_administrator);
}

TEST_F(PeoplePostgresqlTest, SessionWaitsForWhoIsChangingItsAccountAndIsRefusedThen) {
  const auto people = open();
  const auto wang = people->add(clerk("wang")).value();
  const auto holder = connected(conninfo_);
  execute(*holder, "BEGIN; UPDATE sluice.account SET version = 2");
  auto begun = std::async(std::launch::async, [&] {
    return people->sessions().begin(wang, people::SignInWay::password, {}, clock_.last());
  });
  wait_until_it_waits_for_a_lock(begun);
  execute(*holder, "COMMIT");
  const auto refused = begun.get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, PeopleProblem::changed_meanwhile);
}

TEST_F(PeoplePostgresqlTest, SecretThatSomebodyElseIsMakingIsTaken) {
  const auto people = open();
  ASSERT_TRUE(people->add(clerk("wang")));
  const auto theirs = people::Secret::random();
  const auto holder = connected(conninfo_);
  execute(*holder, fmt::format("BEGIN; INSERT INTO sluice.installation_secret VALUES (1, '{}')",
                               theirs.secret()));
  auto secret = std::async(std::launch::async, [&] { return people->secret(); });
  wait_until_it_waits_for_a_lock(secret);
  execute(*holder, "COMMIT");
  const auto taken = secret.get();
  ASSERT_TRUE(taken) << record::to_string(taken.error());
  EXPECT_EQ(*taken, theirs);
}

// Cuts at every piece that is sent while an account is added and changed, until one goes through
// uncut.
class PeoplePostgresqlCutTest : public PeoplePostgresqlTest,
                                public ::testing::WithParamInterface<TcpProxy::Cut> {};
INSTANTIATE_TEST_SUITE_P(Cuts, PeoplePostgresqlCutTest,
                         ::testing::Values(TcpProxy::Cut::before_request,
                                           TcpProxy::Cut::before_answer),
                         [](const auto& tested) {
                           return tested.param == TcpProxy::Cut::before_request ? "BeforeRequest"
                                                                                : "BeforeAnswer";
                         });

TEST_P(PeoplePostgresqlCutTest, LineCutAtAnyPointIsUnavailableAndNothingIsDoneTwice) {
  TcpProxy proxy(people_cluster().port());
  const std::string database = ask(conninfo_, "SELECT current_database()");
  const auto people =
      open(fmt::format("host=127.0.0.1 port={} user=sluice dbname={} "
                       "sslmode=disable gssencmode=disable",
                       proxy.port(), database));
  ASSERT_TRUE(people->add(clerk("w0")));
  int done_unheard = 0;
  int piece = 1;
  for (bool cut = true; cut && piece < 100; ++piece) {
    const auto account = clerk(fmt::format("w{}", piece));
    proxy.cut(GetParam(), piece);
    const auto added = people->add(account);
    auto changed = added ? people->change(*added) : added;
    cut = proxy.has_cut();
    proxy.cut(TcpProxy::Cut::never, 0);
    if (!changed) {
      ASSERT_EQ(changed.error().code, PeopleProblem::unavailable);
      // It may have been done: who looks, as the failure says, knows.
      const auto found = people->find(account.name);
      ASSERT_TRUE(found) << record::to_string(found.error());
      const std::uint64_t version = *found ? (*found)->version.value : 0;
      if (version == (added ? 2U : 1U)) ++done_unheard;
      if (*found) continue;
      EXPECT_TRUE(people->add(account));
    }
  }
  EXPECT_GT(piece, 5);
  EXPECT_EQ(done_unheard, GetParam() == TcpProxy::Cut::before_answer ? 2 : 0);
  EXPECT_EQ(ask(conninfo_, "SELECT count(*) FROM sluice.account"), std::to_string(piece));
}

TEST_F(PeoplePostgresqlTest, RightThatIsMissingIsSaidWithoutValues) {
  ASSERT_TRUE(open()->add(clerk("wang")));
  ask(conninfo_,
      "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA sluice TO reader; "
      "GRANT SELECT ON ALL TABLES IN SCHEMA sluice TO reader");
  const auto reader = open(conninfo_ + " user=reader");
  EXPECT_TRUE(reader->find(AccountName("wang")).value());
  const auto added = reader->add(clerk("li"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, PeopleProblem::failed);
  EXPECT_THAT(added.error().sentence, HasSubstr("permission denied"));
  EXPECT_THAT(added.error().sentence, HasSubstr("42501"));
  EXPECT_THAT(added.error().sentence, Not(HasSubstr("argon2id")));
}

// docs/people.md names these rights.
TEST_F(PeoplePostgresqlTest, RoleThatMakesNoTablesHasSessionsOnceSomebodyElseHasMadeThem) {
  const auto owner = open();
  const auto wang = owner->add(clerk("wang")).value();
  ask(conninfo_,
      "DROP TABLE sluice.session, sluice.installation_secret; "
      "ALTER TABLE sluice.account DROP COLUMN certificate_subject, DROP COLUMN certificate_issuer; "
      "UPDATE sluice.people_format SET version = 1; "
      "CREATE ROLE gateway LOGIN; GRANT USAGE ON SCHEMA sluice TO gateway; "
      "GRANT SELECT ON sluice.people_format TO gateway; "
      "GRANT SELECT, INSERT, UPDATE ON sluice.account TO gateway");
  const auto gateway = open(conninfo_ + " user=gateway");
  const auto now = clock_();
  const auto begin = [&] {
    return gateway->sessions().begin(wang, people::SignInWay::password, {}, now);
  };
  const auto refused = begin();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("42501"));
  EXPECT_FALSE(gateway->sessions().find(people::SessionToken::random(), {}, now).value());

  ask(conninfo_, "SET client_min_messages = warning; " + ddl());
  ask(conninfo_,
      "GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.session TO gateway; "
      "GRANT SELECT, INSERT ON sluice.installation_secret TO gateway");
  const auto begun = begin();
  ASSERT_TRUE(begun) << record::to_string(begun.error());
  EXPECT_TRUE(gateway->sessions().touch(begun->token, now));
  EXPECT_EQ(gateway->sessions().find(begun->token, {}, now).value()->account, wang);
  EXPECT_TRUE(gateway->sessions().end_all(wang.name));
  EXPECT_TRUE(gateway->secret());
  people::Account li = clerk("li");
  li.certificate = {{"CN=CA", "CN=li"}};
  EXPECT_TRUE(gateway->add(li));
}

TEST_F(PeoplePostgresqlTest, ConstraintThatIsBrokenQuotesNoRow) {
  ASSERT_TRUE(open()->add(clerk("wang")));
  ask(conninfo_, "ALTER TABLE sluice.account ADD CHECK (name <> 'li')");
  const auto added = open()->add(clerk("li"));
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().sentence, HasSubstr("the values do not fit"));
  EXPECT_THAT(added.error().sentence, Not(HasSubstr("argon2id")));
}

TEST_F(PeoplePostgresqlTest, StoreAndPeopleMakeTheirTablesInEitherOrder) {
  ASSERT_TRUE(open()->add(clerk("wang")));
  const auto streams = open_store()->streams();
  EXPECT_TRUE(streams) << record::to_string(streams.error());
  EXPECT_TRUE(open()->find(AccountName("wang")).value());

  conninfo_ = people_cluster().socket(people_cluster().create_database());
  EXPECT_TRUE(open_store()->streams());
  EXPECT_TRUE(open()->add(clerk("wang")));
}

TEST_F(PeoplePostgresqlTest, CommitIsOnTheDiskWhateverTheServersDefault) {
  ask(conninfo_, "ALTER DATABASE " + ask(conninfo_, "SELECT current_database()") +
                     " SET synchronous_commit = off");
  const auto people = open();
  ASSERT_TRUE(people->add(clerk("wang")));
  note_settings_of_inserts();
  ASSERT_TRUE(people->add(clerk("li")));
  EXPECT_EQ(ask(conninfo_, "SELECT setting FROM public.seen"), "on pg_catalog 10s");
}

}  // namespace
}  // namespace sluice::test
