// Weeks in which a center is away, and the certificates of both sides end and are renewed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/journal.h"
#include "journal/stream_marks.h"
#include "record/verified_receipt.h"
#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

using std::chrono::hours;
using testing::SizeIs;

class Renewal : public testing::Test {
 protected:
  static constexpr hours day{24};

  Renewal() {
    renew_edge(0);
    renew_center(0);
    center.signatories[park] = record::Signers(std::vector<record::SignerName>{
        {.subject = "CN=front-end-1", .issuer = "CN=Test Authority", .from = start - 30 * day}});
  }
  // With certificates of thirty days, and this month's revocation list. What is superseded by a
  // renewal is revoked for that reason, as is usual.
  void renew_edge(int month) { renew(edge, "front-end-1", month); }
  void renew_center(int month) { renew(center.keyring, "center", month); }
  void renew(record::Keyring& keyring, const std::string& name, int month) {
    const record::test::Validity validity{start + month * 30 * day - hours(1),
                                          start + (month + 1) * 30 * day + hours(1)};
    const auto issued = center.node.authority.issue(name, validity);
    const auto files = write_signer(issued, center.node.directory.path(), name);
    const auto lists = center.node.directory / "crl.pem";
    record::test::write_file(lists, center.node.authority.revocation_list(superseded, validity));
    superseded.push_back({issued.serial, validity.until - hours(2), "superseded"});
    keyring.replace({record::Signer::load(files.certificate, files.key).value(),
                     record::Verifier::load(center.node.authorities(), lists).value()});
  }
  journal::Journal open_journal() {
    journal::Limits limits;
    limits.backlog_age = 365 * day;
    return journal::Journal::open(center.node.directory / "park.journal", park, limits, edge,
                                  [this] { return center.now; })
        .value();
  }
  void append(journal::Journal& journal, const std::string& code) {
    const journal::DatasetOrigin origin{center.dataset.id,
                                        record::schema_digest(center.dataset.schema),
                                        record::Mode::direct, false};
    ASSERT_TRUE(journal.append(origin, record::compress_payload(line(code), {1}, {0}), {}, {}));
  }

  const record::BureauId park{"park"};
  Center center;
  const record::Time start = center.now;
  std::vector<record::test::TestAuthority::Revocation> superseded;
  record::Keyring edge{center.node.credentials()};
  const record::Signers center_signers{"CN=center"};
};

TEST_F(Renewal, OfEdgeAndCenterStrandsNothingThatWaited) {
  journal::Journal journal = open_journal();
  std::vector<record::SignedReceipt> receipts;
  // A batch every ten days for ninety, over two renewals of the edge.
  for (int i = 0; i < 9; ++i) {
    center.now = start + i * 10 * day;
    if (i % 3 == 0 && i > 0) renew_edge(i / 3);
    append(journal, "code-" + std::to_string(i));
  }
  renew_center(2);
  Reception reception = center.reception();
  record::Sequence last;
  while (const auto batch = journal.next(last).value()) {
    last = record::parse_manifest(batch->manifest)->sequence;
    const auto receipt = reception.receive(*batch);
    ASSERT_TRUE(receipt) << last.value << ": " << record::to_string(receipt.error());
    receipts.push_back(*receipt);
  }
  ASSERT_THAT(receipts, SizeIs(9));
  // The answers were lost on the way, and come again after both were renewed once more.
  center.now += 20 * day;
  renew_center(3);
  renew_edge(3);
  for (const record::SignedReceipt& lost : receipts) {
    const auto batch = journal.next({}).value();
    const auto again = center.reception().receive(*batch);
    ASSERT_TRUE(again) << record::to_string(again.error());
    EXPECT_EQ(again->signature, lost.signature);
    const auto verified = record::verify(*again, edge.current()->verifier, center.now);
    ASSERT_TRUE(verified) << record::to_string(verified.error());
    EXPECT_FALSE(center_signers.objection(verified->signatory, verified->receipt.at));
    ASSERT_TRUE(journal.acknowledge(verified->receipt, *again));
  }
  EXPECT_EQ(journal.status()->backlog.batches, 0U);
}

// Set to next year, and back: what was sealed meanwhile would be taken next year.
TEST_F(Renewal, AClockThatWasWrongDoesNotStrandAStream) {
  const auto marks = journal::StreamMarks::open(center.node.directory / "remembered.sqlite");
  journal::Journal journal = open_journal();
  Reception reception = center.reception();
  append(journal, "before");
  const auto first = reception.receive(*journal.next({}).value()).value();
  ASSERT_TRUE(journal.acknowledge(record::parse_receipt(first.json).value(), first));
  center.now = start + 20 * day;
  append(journal, "wrong");
  center.now = start + hours(1);
  append(journal, "after");
  const auto refused = reception.receive(*journal.next({}).value());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ReceptionProblem::untimely);
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}}, **marks));
  record::Sequence last;
  while (const auto batch = journal.next(last).value()) {
    last = record::parse_manifest(batch->manifest)->sequence;
    const auto receipt = reception.receive(*batch);
    ASSERT_TRUE(receipt) << record::to_string(receipt.error());
  }
  EXPECT_EQ(last.value, 2U);
}

}  // namespace
}  // namespace sluice::exchange::test
