#include "trust/audit_head.h"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit_directory.h"
#include "support/batch_builder.h"
#include "trust/audit_head_signer.h"
#include "trust/audit_line.h"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using trust::AuditHeadSigner;
using When = AuditHeadSigner::When;

class AuditHeadTest : public testing::Test {
 protected:
  void append(int lines) {
    trust::AuditLog log = directory.open();
    for (int i = 0; i < lines; ++i) {
      ASSERT_TRUE(log.append({"publish-denied", {{"actor", "park"}, {"count", "1"}}}).has_value());
    }
  }
  AuditHeadSigner signer() {
    return AuditHeadSigner::open(directory.path(), keyring, [this] { return directory.now(); })
        .value();
  }
  // The number of the line whose head was signed; 0: none was.
  static std::uint64_t sign(AuditHeadSigner& signer, When when = When::if_due) {
    const auto head = signer.sign(when);
    if (!head) ADD_FAILURE() << record::to_string(head.error());
    return head && *head ? (*head)->line : 0;
  }
  trust::AuditHeadsReport verify() {
    return trust::verify_audit_heads(directory.path(), node.verifier(), own).value();
  }
  std::string first_break() { return verify().first_break.value_or("nothing"); }
  // What a thorough forger does: changes a line, and writes the chain anew from there on.
  void forge(std::uint64_t number) {
    auto database = sqlite::Database::open(directory.path()).value();
    auto lines = database.prepare("SELECT number, text FROM line ORDER BY number").value();
    std::vector<std::pair<std::int64_t, std::string>> all;
    while (lines.step().value())
      all.emplace_back(lines.integer(0), lines.text(1));
    lines.reset();
    std::string before;
    for (auto& [at, text] : all) {
      if (at == static_cast<std::int64_t>(number)) text.replace(text.find("park"), 4, "krap");
      if (at > static_cast<std::int64_t>(number)) {
        const std::string digest = record::to_string(record::sha256(before));
        text.replace(text.find("sha256:"), digest.size(), digest);
      }
      auto update = database.prepare("UPDATE line SET text = ? WHERE number = ?").value();
      update.bind(1, std::string_view(text)).bind(2, at);
      update.run().value();
      before = text;
    }
  }

  AuditDirectory directory;
  record::test::SigningNode node;
  record::Keyring keyring{node.credentials()};
  record::Signers own{"CN=front-end-1"};
};

TEST_F(AuditHeadTest, IsSignedEveryHourAndEveryThousandLinesWhereThereIsSomethingNew) {
  append(3);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 3U) << "none was yet";
  directory.pass(std::chrono::hours(2));
  EXPECT_EQ(sign(heads), 0U) << "nothing new";
  append(1);
  EXPECT_EQ(sign(heads), 4U) << "the last is two hours old";
  append(999);
  EXPECT_EQ(sign(heads), 0U);
  append(1);
  EXPECT_EQ(sign(heads), 1004U);
  append(1);
  directory.pass(std::chrono::minutes(59));
  EXPECT_EQ(sign(heads), 0U);
  EXPECT_EQ(sign(heads, When::at_once), 1005U) << "when the node stops";
  const auto report = verify();
  EXPECT_EQ(report.first_break.value_or("none"), "none");
  EXPECT_EQ(report.heads, 4U);
  EXPECT_EQ(report.last.value().line, 1005U);
  EXPECT_EQ(report.lines_behind, 0U);
}

TEST_F(AuditHeadTest, OfALogWithoutLinesIsNone) {
  append(0);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads, When::at_once), 0U);
  EXPECT_EQ(verify().heads, 0U);
}

TEST_F(AuditHeadTest, SaysWhatIsSignedInAFormThatIsReadStrictly) {
  const trust::AuditHead head{17, record::sha256("line"), directory.now()};
  const std::string json = trust::to_json(head);
  EXPECT_THAT(json, AllOf(HasSubstr(R"("format":"sluice-audit-head/1")"), HasSubstr("17")));
  EXPECT_EQ(trust::parse_audit_head(json).value(), head);
  EXPECT_FALSE(trust::parse_audit_head(R"({"format":"sluice-audit-head/1","line":17})"));
}

TEST_F(AuditHeadTest, MissesLinesThatWereCutOffTheEnd) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  append(2);
  directory.tamper("DELETE FROM line WHERE number > 5");
  EXPECT_EQ(first_break(), "nothing") << "what nobody has signed is not missed";
  directory.tamper("DELETE FROM line WHERE number > 3");
  EXPECT_FALSE(directory.verify().first_break) << "the chain alone holds";
  EXPECT_THAT(first_break(), HasSubstr("the log ends at line number 3, and had line number 5 when "
                                       "its head was signed at 2026-11-23T00:00:00.000Z"));
}

TEST_F(AuditHeadTest, MissesALineThatWasChangedWithAChainThatFits) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  forge(2);
  EXPECT_FALSE(directory.verify().first_break) << "the chain alone holds";
  EXPECT_THAT(first_break(), HasSubstr("line number 5 is not the one that was there"));
}

// Nor those that come after it: a head of a forged log would make it good.
TEST_F(AuditHeadTest, IsNotSignedOfALogThatIsNotWhatWasSignedBefore) {
  append(5);
  {
    AuditHeadSigner heads = signer();
    EXPECT_EQ(sign(heads), 5U);
  }
  forge(2);
  append(1);
  AuditHeadSigner anew = signer();
  const auto refused = anew.sign(When::at_once);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, trust::AuditProblem::altered);
  EXPECT_THAT(refused.error().sentence, HasSubstr("line number 5 is not the one that was signed"));
}

TEST_F(AuditHeadTest, IsNotSignedWhereTheChainIsBrokenOrTheEndIsGone) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  append(3);
  directory.tamper("DELETE FROM line WHERE number = 7");
  EXPECT_THAT(heads.sign(When::at_once).error().sentence, HasSubstr("line number 8"));
  directory.tamper("DELETE FROM line WHERE number > 4");
  EXPECT_THAT(heads.sign(When::if_due).error().sentence, HasSubstr("ends before line number 5"));
}

// Else nothing would tell that those behind it are not those that followed it.
TEST_F(AuditHeadTest, IsNotSignedWhereTheSignedLineIsGoneAndOlderOnesAreThere) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  append(3);
  directory.tamper("DELETE FROM line WHERE number = 5");
  const auto refused = heads.sign(When::at_once);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, trust::AuditProblem::altered);
  EXPECT_THAT(refused.error().sentence, HasSubstr("line number 5, which was signed at"));
}

TEST_F(AuditHeadTest, IsNotSignedWhereWhatFollowsTheSignedLineDoesNotHoldItsDigest) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  append(3);
  forge(5);
  directory.tamper("DELETE FROM line WHERE number <= 5");
  EXPECT_THAT(heads.sign(When::at_once).error().sentence, HasSubstr("is gone"));
}

// Who takes the signed heads away with the lines.
TEST_F(AuditHeadTest, IsNotSignedWhereWhatItSignedBeforeIsGone) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  directory.tamper("DELETE FROM signed_head; DELETE FROM line WHERE number > 2");
  append(1);
  EXPECT_THAT(heads.sign(When::at_once).error().sentence, HasSubstr("is gone"));
}

TEST_F(AuditHeadTest, FindsAHeadThatTheNodeDidNotSign) {
  append(5);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 5U);
  own = {"CN=another"};
  EXPECT_THAT(first_break(), AllOf(HasSubstr("was signed by CN=front-end-1"),
                                   HasSubstr("was not this node then")));
  own = {"CN=front-end-1"};
  directory.tamper("UPDATE signed_head SET statement = replace(statement, '2026', '2027')");
  EXPECT_THAT(first_break(), HasSubstr("the signed head of line number 5:"));
  directory.tamper("UPDATE signed_head SET line = 4");
  EXPECT_THAT(first_break(), HasSubstr("the signed head of line number 4 is not one"));
}

TEST_F(AuditHeadTest, IsSignedByTheCertificateOfTheDayAndNotOutsideItsTime) {
  append(2);
  AuditHeadSigner heads = signer();
  keyring.replace(
      node.credentials_of("renewed", {record::test::moment("2026-11-24T00:00:00.000Z"),
                                      record::test::moment("2026-11-26T00:00:00.000Z")}));
  EXPECT_EQ(sign(heads), 0U) << "it does not hold yet";
  directory.set_date(2026, 11, 25);
  EXPECT_EQ(sign(heads), 2U);
  directory.set_date(2027, 11, 25);
  append(1);
  EXPECT_EQ(sign(heads), 0U) << "nor any more";
  own = {"CN=renewed"};
  EXPECT_EQ(first_break(), "nothing") << "what it signed is good for its time";
  EXPECT_EQ(verify().lines_behind, 1U);
}

TEST_F(AuditHeadTest, GoesWithItsLine) {
  append(2);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 2U);
  directory.set_date(2027, 6, 30);
  append(2);
  EXPECT_EQ(first_break(), "nothing") << "its line is gone with the retention";
  EXPECT_EQ(sign(heads), 4U);
  EXPECT_EQ(verify().heads, 1U);
}

// A log of before heads were signed is taken as it is: who only looks makes no table in it.
TEST_F(AuditHeadTest, IsSignedOfALogOfBeforeThereWereHeads) {
  append(3);
  directory.tamper("DROP TABLE IF EXISTS signed_head");
  EXPECT_EQ(verify().heads, 0U);
  EXPECT_EQ(verify().lines_behind, 3U);
  AuditHeadSigner heads = signer();
  EXPECT_EQ(sign(heads), 3U);
  EXPECT_EQ(verify().heads, 1U);
  EXPECT_EQ(directory.verify().lines, 3U);
}

}  // namespace
}  // namespace sluice::test
