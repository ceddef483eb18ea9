// Which receipts a sender believes.
#include <chrono>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sender_fixture.h"

namespace sluice::link::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A receipt that must not be believed, and a word of the reason.
struct BadReceipt {
  const char* name;
  std::function<void(record::Receipt&)> change;
  const char* reason;
};

class BadReceiptTest : public SenderTest, public testing::WithParamInterface<BadReceipt> {};

INSTANTIATE_TEST_SUITE_P(
    All, BadReceiptTest,
    testing::Values(
        BadReceipt{"OfAnotherBureau",
                   [](auto& receipt) { receipt.stream.bureau = record::BureauId("quality"); },
                   "another stream"},
        BadReceipt{"OfAnotherEpoch", [](auto& receipt) { ++receipt.stream.epoch.value; },
                   "another stream"},
        BadReceipt{"ForABatchThatWasAcknowledgedBefore",
                   [](auto& receipt) { receipt.sequence = {1}; }, "receipt for batch 1 came back"},
        BadReceipt{"ForABatchThatWasNotSent", [](auto& receipt) { receipt.sequence = {3}; },
                   "receipt for batch 3 came back"},
        BadReceipt{"ForOtherContent",
                   [](auto& receipt) { receipt.manifest = record::sha256("other"); },
                   "other content"}),
    [](const auto& bad) { return std::string(bad.param.name); });

TEST_P(BadReceiptTest, StopsTheSenderAndTheBatchStays) {
  append(3);
  Conversation center([this](const record::Batch& batch, int time) -> Conversation::Answer {
    record::Receipt receipt = journal::test::receipt_for(batch);
    if (time == 2) GetParam().change(receipt);
    return sign(receipt, desk.node.signer);
  });
  const auto running = sender(center);
  EXPECT_THAT(center.stopped(), HasSubstr(GetParam().reason));
  EXPECT_THAT(center.sent(), ElementsAre(1, 2));
  EXPECT_EQ(waiting(), 2U);
}

// An upgraded center before an edge that is not: nobody has changed anything.
TEST_F(SenderTest, AReceiptOfALaterFormatStopsTheStreamWithWhatToUpgradeAndTheBatchStays) {
  append(2);
  Conversation center([this](const record::Batch& batch, int) -> Conversation::Answer {
    std::string json = record::to_json(journal::test::receipt_for(batch));
    const std::string newest = "sluice-receipt/2";
    json.replace(json.find(newest), newest.size(), "sluice-receipt/3");
    return record::SignedReceipt{json, desk.node.signer.sign(json)};
  });
  const auto running = sender(center);
  EXPECT_THAT(center.stopped(), AllOf(HasSubstr("the center is of a later version than this node"),
                                      HasSubstr("sluice-receipt/3"), HasSubstr("upgrade this node"),
                                      Not(HasSubstr("not good"))));
  EXPECT_EQ(waiting(), 2U);
}

// Its list is renewed while it runs, and it goes on by itself.
TEST_F(SenderTest, HoldsBatchesBackWhileItsRevocationListIsOutOfDate) {
  const auto lists = desk.node.directory / "crl.pem";
  const auto renew_lists = [&](std::string_view until) {
    record::test::write_file(lists, desk.node.authority.revocation_list(
                                        {}, {record::test::moment("2026-01-01T00:00:00.000Z"),
                                             record::test::moment(until)}));
    desk.keyring.replace(
        {record::Signer::load(desk.node.files.certificate, desk.node.files.key).value(),
         record::Verifier::load(desk.node.authorities(), lists).value()});
  };
  renew_lists("2026-02-01T00:00:00.000Z");
  append(1);
  const auto running = sender(good);
  good.held_back(1);
  renew_lists("2027-02-01T00:00:00.000Z");
  EXPECT_THAT(good.acknowledged(1), ElementsAre(1));
}

// A center whose certificate ended an hour ago.
class RenewedCenter : public SenderTest {
 protected:
  // It answers with receipts that it made so long after the end.
  Conversation answering(std::chrono::seconds after_the_end) {
    return Conversation(
        [this, after_the_end](const record::Batch& batch, int) -> Conversation::Answer {
          record::Receipt receipt = journal::test::receipt_for(batch);
          receipt.at = until + after_the_end;
          return sign(receipt, ended.signer);
        });
  }

  record::Time until = desk.now - std::chrono::hours(1);
  record::Credentials ended = desk.node.credentials_of(
      "front-end-1", {record::test::moment("2020-01-01T00:00:00.000Z"), until});
};

// An old receipt that comes again after the center's certificate was renewed.
TEST_F(RenewedCenter, AReceiptOfBeforeIsKept) {
  append(1);
  Conversation center = answering(-std::chrono::hours(1));
  const auto running = sender(center);
  EXPECT_THAT(center.acknowledged(1), ElementsAre(1));
}

TEST_F(RenewedCenter, AReceiptThatTheOldCertificateMadeAfterItsEndStopsTheSender) {
  append(1);
  Conversation center = answering(std::chrono::seconds(1));
  const auto running = sender(center);
  EXPECT_THAT(center.stopped(), HasSubstr(record::to_string(until)));
}

TEST_F(SenderTest, StopsOnAReceiptWhoseSignatureIsNotGood) {
  append(1);
  Conversation center([this](const record::Batch& batch, int) -> Conversation::Answer {
    auto receipt = receipt_for(batch);
    receipt.json += ' ';
    return receipt;
  });
  const auto running = sender(center);
  EXPECT_THAT(center.stopped(), HasSubstr("receipt is not good"));
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(SenderTest, StopsOnAReceiptOfAnAuthorityThatItDoesNotTrust) {
  append(1);
  const record::test::SigningNode impostor;
  Conversation center([&](const record::Batch& batch, int) -> Conversation::Answer {
    return sign(journal::test::receipt_for(batch), impostor.signer);
  });
  const auto running = sender(center);
  EXPECT_THAT(center.stopped(), HasSubstr("receipt is not good"));
  EXPECT_THAT(center.acknowledged(0), IsEmpty());
}

TEST_F(SenderTest, StopsOnAReceiptOfAnotherNodeThanTheCenter) {
  append(1);
  const auto issued =
      desk.node.authority.issue("front-end-2", {record::test::moment("2020-01-01T00:00:00.000Z"),
                                                record::test::moment("2090-01-01T00:00:00.000Z")});
  const auto files = record::test::write_signer(issued, desk.node.directory.path(), "other");
  const auto other = record::Signer::load(files.certificate, files.key).value();
  Conversation center([&](const record::Batch& batch, int) -> Conversation::Answer {
    return sign(journal::test::receipt_for(batch), other);
  });
  const auto running = sender(center);
  EXPECT_THAT(center.stopped(), HasSubstr("front-end-2"));
  EXPECT_EQ(waiting(), 1U);
}

}  // namespace
}  // namespace sluice::link::test
