#include "exchange/reception.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/verified_receipt.h"
#include "support/center_builder.h"
#include "support/refused_rows.h"

namespace sluice::exchange::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class ReceptionTest : public testing::Test {
 protected:
  ReceptionFailure refusal(const record::Batch& batch) {
    auto receipt = reception.receive(batch);
    EXPECT_FALSE(receipt);
    return receipt ? ReceptionFailure{} : receipt.error();
  }
  record::Receipt receive(const record::Batch& batch) {
    return record::parse_receipt(reception.receive(batch).value().json).value();
  }
  Center center;
  Reception reception = center.reception();
};

TEST_F(ReceptionTest, AnswersAGoodBatchWithAReceiptThatVerifies) {
  const record::Batch batch = center.batch(line("A") + line("B"));
  const auto signed_receipt = reception.receive(batch);
  ASSERT_TRUE(signed_receipt) << record::to_string(signed_receipt.error());
  const auto verified = record::verify(*signed_receipt, center.verifier, center.now);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->signatory.subject, center.signer.subject());
  const auto receipt = record::parse_receipt(signed_receipt->json).value();
  EXPECT_EQ(receipt.outcome, record::Outcome::accepted);
  EXPECT_EQ(receipt.stream, center.origin().stream);
  EXPECT_EQ(receipt.sequence.value, 1U);
  EXPECT_EQ(receipt.manifest, record::sha256(batch.manifest));
  EXPECT_EQ(receipt.rows.inserted.value, 2U);
}

TEST_F(ReceptionTest, AnswersABatchThatComesAgainWithTheReceiptThatItGot) {
  const record::Batch batch = center.batch(line("A"));
  const auto first = reception.receive(batch).value();
  center.now += std::chrono::hours(1);
  Reception restarted = center.reception();
  const auto again = restarted.receive(batch).value();
  EXPECT_EQ(again.json, first.json);
  EXPECT_EQ(again.signature, first.signature);
}

TEST_F(ReceptionTest, WhileSomethingIsInTheWayABatchComesLater) {
  std::optional<std::string> why = "the disk is short";
  Reception hindered(center.store(),
                     {.catalogue = center.catalogue,
                      .keyring = center.keyring,
                      .signatories = center.signatories,
                      .obstacle = [&] { return why; }},
                     [this] { return center.now; });
  const record::Batch batch = center.batch(line("A"));
  const auto refused = hindered.receive(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ReceptionProblem::unavailable);
  EXPECT_EQ(refused.error().sentence, "the disk is short");
  why.reset();
  EXPECT_TRUE(hindered.receive(batch));
}

TEST_F(ReceptionTest, TakesTheGoodRowsAndNamesTheBadOnes) {
  const auto receipt = receive(center.batch(line("A") + line("B", "more than ten") + line("C")));
  EXPECT_EQ(receipt.rows.inserted.value, 2U);
  ASSERT_THAT(record::test::rejected_rows(receipt), SizeIs(1));
  EXPECT_EQ(record::test::rejected_rows(receipt)[0].row, 2U);
  EXPECT_EQ(record::test::rejected_rows(receipt)[0].rule, "maxLength");
}

TEST_F(ReceptionTest, DoesNotTrustABatchThatWasChangedOnItsWay) {
  record::Batch payload = center.batch(line("A"));
  payload.payload.back() = static_cast<char>(payload.payload.back() ^ 1);
  EXPECT_EQ(refusal(payload).code, ReceptionProblem::not_trusted);
  record::Batch manifest = center.batch(line("A"));
  manifest.manifest += ' ';
  EXPECT_EQ(refusal(manifest).code, ReceptionProblem::not_trusted);
  record::Batch unsigned_batch = center.batch(line("A"));
  unsigned_batch.signature.clear();
  EXPECT_EQ(refusal(unsigned_batch).code, ReceptionProblem::not_trusted);
}

TEST_F(ReceptionTest, DoesNotTrustASignerThatIsNotANodeOfTheExchange) {
  const record::Signer bureau = center.certified("park-system");
  const auto failure = refusal(center.stray(center.origin(), line("A"), bureau));
  EXPECT_EQ(failure.code, ReceptionProblem::not_trusted);
  EXPECT_THAT(failure.sentence, HasSubstr("park-system"));
}

TEST_F(ReceptionTest, DoesNotTrustANodeOfAnotherAuthorityByItsName) {
  const record::test::SigningNode impostor;
  ASSERT_EQ(impostor.signer.subject(), center.node.signer.subject());
  EXPECT_EQ(refusal(center.stray(center.origin(), line("A"), impostor.signer)).code,
            ReceptionProblem::not_trusted);
}

// The keys and lists of a running center are renewed under it.
TEST_F(ReceptionTest, SignsAndBelievesByWhatWasRenewedSinceItWasOpened) {
  ASSERT_TRUE(reception.receive(center.batch(line("A"))));
  const auto lists = center.node.directory / "crl.pem";
  record::test::write_file(
      lists, center.node.authority.revocation_list(
                 {{center.node.issued.serial, moment("2026-11-01T00:00:00.000Z")}},
                 {moment("2026-11-01T00:00:00.000Z"), moment("2027-01-01T00:00:00.000Z")}));
  center.keyring.replace({center.certified("renewed"),
                          record::Verifier::load(center.node.authorities(), lists).value()});
  EXPECT_EQ(refusal(center.stray(center.origin(), line("B"), center.node.signer)).code,
            ReceptionProblem::not_trusted);
  center.signatories[record::BureauId("park")].add({.subject = "CN=front-end-2"});
  const auto receipt =
      reception.receive(center.stray(center.origin(), line("B"), center.certified("front-end-2")));
  ASSERT_TRUE(receipt) << record::to_string(receipt.error());
  EXPECT_EQ(record::verify(*receipt, center.verifier, center.now)->signatory.subject, "CN=renewed");
}

// A batch that waited, while the certificate that it was signed with ended.
TEST_F(ReceptionTest, TakesWhatWasSealedWhileItsSignersCertificateHeld) {
  const auto ended = center.node.credentials_of(
      "front-end-1", {moment("2026-01-01T00:00:00.000Z"), moment("2026-11-01T00:00:00.000Z")});
  record::BatchOrigin waited = center.origin();
  waited.collected_at = moment("2026-10-31T23:59:59.999Z");
  EXPECT_TRUE(reception.receive(center.stray(waited, line("A"), ended.signer)));
  waited.collected_at = moment("2026-11-01T00:00:01.000Z");
  const auto failure = refusal(center.stray(waited, line("A"), ended.signer));
  EXPECT_EQ(failure.code, ReceptionProblem::not_trusted);
  EXPECT_THAT(failure.sentence, HasSubstr("2026-11-01T00:00:00.000Z"));
}

// Its answer was lost, and meanwhile its signer's key was found to have been stolen.
TEST_F(ReceptionTest, AnswersWhatIsInTheLedgerThoughItsSignerWasRevokedSince) {
  const record::Batch batch = center.batch(line("A"));
  const auto first = reception.receive(batch).value();
  const auto lists = center.node.directory / "crl.pem";
  record::test::write_file(
      lists, center.node.authority.revocation_list(
                 {{center.node.issued.serial, moment("2026-11-23T05:00:00.000Z"), "keyCompromise"}},
                 {moment("2026-11-01T00:00:00.000Z"), moment("2027-01-01T00:00:00.000Z")}));
  center.keyring.replace({center.certified("center"),
                          record::Verifier::load(center.node.authorities(), lists).value()});
  center.now += std::chrono::hours(1);
  const auto again = reception.receive(batch);
  ASSERT_TRUE(again) << record::to_string(again.error());
  EXPECT_EQ(again->signature, first.signature);
  const auto failure = refusal(center.batch(line("B")));
  EXPECT_EQ(failure.code, ReceptionProblem::not_trusted);
  EXPECT_THAT(failure.sentence, HasSubstr("keyCompromise"));
}

// The node has another name, or another authority, from a moment on.
TEST_F(ReceptionTest, TakesWhatWasSignedByWhoSpokeForTheBureauWhenItWasSealed) {
  const auto change = moment("2026-11-10T00:00:00.000Z");
  center.signatories[record::BureauId("park")] = record::Signers(std::vector<record::SignerName>{
      {.subject = "CN=front-end-1", .issuer = "CN=Test Authority", .until = change},
      {.subject = "CN=front-end-2", .from = change}});
  const auto renamed = center.certified("front-end-2");
  record::BatchOrigin from = center.origin();
  const auto sealed = [&](record::Time at, const record::Signer& signer) {
    from.collected_at = at;
    return center.stray(from, line("A"), signer);
  };
  const auto before = change - std::chrono::milliseconds(1);
  for (const auto& strange : {sealed(change, center.node.signer), sealed(before, renamed)}) {
    const auto failure = refusal(strange);
    EXPECT_EQ(failure.code, ReceptionProblem::not_trusted);
    EXPECT_THAT(
        failure.sentence,
        AllOf(HasSubstr("CN=front-end-1 by CN=Test Authority until 2026-11-10T"),
              HasSubstr("CN=front-end-2 from 2026-11-10T"), HasSubstr("`certificate_subject`")));
  }
  EXPECT_TRUE(reception.receive(sealed(before, center.node.signer)));
  center.head = {{1}, record::sha256(sealed(before, center.node.signer).manifest)};
  EXPECT_TRUE(reception.receive(sealed(change, renamed)));
}

TEST_F(ReceptionTest, DoesNotTrustANodeByItsNameUnderAnotherAuthorityThanIsListed) {
  center.signatories[record::BureauId("park")] = record::Signers(std::vector<record::SignerName>{
      {.subject = "CN=front-end-1", .issuer = "CN=Another Authority"}});
  const auto failure = refusal(center.batch(line("A")));
  EXPECT_EQ(failure.code, ReceptionProblem::not_trusted);
  EXPECT_THAT(failure.sentence, AllOf(HasSubstr("certified by CN=Test Authority"),
                                      HasSubstr("by CN=Another Authority")));
}

TEST_F(ReceptionTest, TakesNothingThatWasSealedBeforeTheBureausLastBatchOfWhateverEpoch) {
  ASSERT_TRUE(reception.receive(center.batch(line("A"))));
  const record::Time last = center.now;
  for (const std::uint64_t epoch : {1000U, 2000U}) {
    record::BatchOrigin from = center.origin();
    from.stream.epoch = {epoch};
    from.collected_at = last - std::chrono::milliseconds(1);
    if (epoch == 2000U) center.head = {};
    const auto failure = refusal(center.stray(from, line("B"), center.node.signer));
    EXPECT_EQ(failure.code, ReceptionProblem::untimely) << epoch;
    EXPECT_THAT(failure.sentence, AllOf(HasSubstr(record::to_string(from.collected_at)),
                                        HasSubstr(record::to_string(last)),
                                        HasSubstr("sluice journal new-epoch park")));
    EXPECT_EQ(reception.place(from.stream)->head.sequence.value, epoch == 1000U ? 1U : 0U);
  }
  record::BatchOrigin from = center.origin();
  from.stream.epoch = {2000};
  EXPECT_TRUE(reception.receive(center.stray(from, line("B"), center.node.signer)))
      << "at the same moment is not before";
}

TEST_F(ReceptionTest, TakesNothingThatWasSealedInTheFutureBeyondItsTolerance) {
  record::BatchOrigin ahead = center.origin();
  ahead.collected_at = center.now + Reception::usual_clock_tolerance + std::chrono::milliseconds(1);
  const auto batch = center.stray(ahead, line("A"), center.node.signer);
  const auto failure = refusal(batch);
  EXPECT_EQ(failure.code, ReceptionProblem::untimely);
  EXPECT_THAT(failure.sentence,
              AllOf(HasSubstr("at most 300 s ahead"), HasSubstr("sluice journal new-epoch park")));
  center.now += std::chrono::milliseconds(1);
  EXPECT_TRUE(reception.receive(batch)) << "time goes on, and the batch waits";
}

// The certificate that signs must hold at that time, whatever time the ledger has to count by.
TEST_F(ReceptionTest, SaysInItsReceiptWhenTheBatchWasAppliedByItsClock) {
  ASSERT_EQ(receive(center.batch(line("A"))).at, center.now);
  center.now -= std::chrono::minutes(1);
  record::BatchOrigin next = center.origin();
  next.collected_at += std::chrono::minutes(1);
  EXPECT_EQ(receive(center.stray(next, line("B"), center.node.signer)).at, center.now);
}

TEST_F(ReceptionTest, TakesNothingOutsideItsCertificatesTimeAndThenTheSameBatch) {
  const auto certified = [&](std::string_view until) {
    center.keyring.replace(
        center.node.credentials_of("center", {moment("2020-01-01T00:00:00.000Z"), moment(until)}));
  };
  certified("2026-11-23T04:43:59.000Z");
  const record::Batch batch = center.batch(line("A"));
  const auto failure = refusal(batch);
  EXPECT_EQ(failure.code, ReceptionProblem::unavailable);
  EXPECT_EQ(failure.place, "CN=center");
  EXPECT_THAT(failure.sentence, HasSubstr("ended at 2026-11-23T04:43:59.000Z"));
  EXPECT_EQ(reception.place(center.origin().stream)->head.sequence.value, 0U);
  certified("2027-11-23T00:00:00.000Z");
  EXPECT_EQ(receive(batch).outcome, record::Outcome::accepted);
}

TEST_F(ReceptionTest, DoesNotTakeADatasetThatItDoesNotKnow) {
  auto origin = center.origin();
  origin.dataset = record::DatasetId("licence");
  const auto failure = refusal(center.stray(origin, line("A"), center.node.signer));
  EXPECT_EQ(failure.code, ReceptionProblem::not_allowed);
  EXPECT_THAT(failure.sentence, HasSubstr("licence"));
}

TEST_F(ReceptionTest, EntersABatchOfADatasetThatTheBureauDoesNotOwnAsRejected) {
  auto origin = center.origin();
  origin.stream.bureau = record::BureauId("quality");
  const auto receipt = receive(center.stray(origin, line("A"), center.node.signer));
  EXPECT_EQ(receipt.outcome, record::Outcome::rejected);
  EXPECT_THAT(receipt.reason, HasSubstr("owned by park"));
  EXPECT_EQ(receipt.rows.rejected.value, 1U);
  EXPECT_EQ(reception.place(origin.stream)->head.sequence.value, 1U);
  EXPECT_EQ(receive(center.batch(line("A"))).rows.inserted.value, 1U) << "park has none of it";
}

TEST_F(ReceptionTest, EntersABatchWhosePayloadDoesNotDecodeAsRejectedAndGoesOn) {
  auto payload = record::compress_payload(line("A") + line("B"), {2}, {0});
  payload.compressed.resize(payload.compressed.size() / 2);
  payload.digest = record::sha256(payload.compressed);
  const record::Batch cut =
      record::seal(center.origin(), std::move(payload), center.head, center.node.signer).batch;
  center.head = {{1}, record::sha256(cut.manifest)};
  const auto receipt = receive(cut);
  EXPECT_EQ(receipt.outcome, record::Outcome::rejected);
  EXPECT_FALSE(receipt.reason.empty());
  EXPECT_EQ(receipt.rows.rejected.value, 2U);
  EXPECT_EQ(receive(center.batch(line("A"))).rows.inserted.value, 1U);
}

TEST_F(ReceptionTest, EntersABatchOfMoreChangesThanAReceiptMayNameAsRejected) {
  auto payload = record::compress_payload(line("A"), {1}, {0});
  payload.upserts = {record::most_batch_rows + 1};
  const record::Batch vast =
      record::seal(center.origin(), std::move(payload), center.head, center.node.signer).batch;
  const auto receipt = receive(vast);
  EXPECT_EQ(receipt.outcome, record::Outcome::rejected);
  EXPECT_THAT(receipt.reason, HasSubstr("at most 4194304"));
}

TEST_F(ReceptionTest, SignsThatABatchIsNotTakenNowForWhoMaySendItOnly) {
  const auto answer_to = [&](const record::Batch& batch) { return reception.answer(batch); };
  auto origin = center.origin();
  origin.dataset = record::DatasetId("licence");
  const auto answered = answer_to(center.stray(origin, line("A"), center.node.signer));
  ASSERT_TRUE(answered);
  const auto* deferred = std::get_if<Deferred>(&*answered);
  ASSERT_NE(deferred, nullptr);
  EXPECT_TRUE(center.verifier.verify(deferred->answer.json, deferred->answer.signature,
                                     record::Judgement::of_arrival(center.now, center.now)));
  EXPECT_FALSE(answer_to(center.stray(origin, line("A"), center.certified("stranger"))));
  // Nor for its own node about a stream that it does not speak for.
  origin.stream.bureau = record::BureauId("tax");
  EXPECT_FALSE(answer_to(center.stray(origin, line("A"), center.node.signer)));
  EXPECT_EQ(reception.place(center.origin().stream)->head.sequence.value, 0U);
}

TEST_F(ReceptionTest, DoesNotTakeABatchThatWasMadeUnderASchemaThatItNeverHad) {
  auto origin = center.origin();
  origin.schema = record::sha256("another schema");
  const auto why = refusal(center.stray(origin, line("A"), center.node.signer));
  EXPECT_EQ(why.code, ReceptionProblem::not_allowed);
  EXPECT_THAT(why.sentence, AllOf(HasSubstr("never had (sha256:"), HasSubstr("approval.json")));
}

TEST_F(ReceptionTest, TakesABacklogThatWasMadeBeforeAnOptionalFieldWasAdded) {
  EXPECT_EQ(receive(center.batch(line("A"))).rows.inserted.value, 1U);
  const record::TableSchema before = center.dataset.schema;
  const record::Batch second = center.batch(line("B"));
  const record::Batch third = center.batch(line("C") + line("A", "changed"));
  record::TableSchema after = before;
  after.fields.insert(after.fields.begin() + 1, {.name = "phone"});
  center.change(after);
  Reception restarted = center.reception();
  const auto taken = [&](const record::Batch& batch) {
    return record::parse_receipt(restarted.receive(batch).value().json).value().rows;
  };
  EXPECT_EQ(taken(second).inserted.value, 1U);
  EXPECT_EQ(taken(third), (record::RowOutcomes{{1}, {1}, {}, {}, {}}));
  EXPECT_EQ(taken(center.batch("U\t\\N\tD\t12\tname\n")).inserted.value, 1U);
  EXPECT_EQ(taken(center.batch_under(before, line("E"))).inserted.value, 1U);
}

TEST_F(ReceptionTest, SaysWhyABatchCanNotBeReadUnderThePresentSchemaAndTakesItOnceItCan) {
  record::TableSchema newer = center.dataset.schema;
  const record::TableSchema older = newer;
  newer.fields.push_back({.name = "phone"});
  center.change(newer);
  Reception first = center.reception();
  ASSERT_TRUE(first.receive(center.batch("U\t\\N\tA\tname\t12\n")));
  const record::Batch waiting = center.batch("U\t\\N\tB\tname\t12\n");
  // Another center, whose schemas are still the older ones.
  center.change(older);
  Reception behind = center.reception();
  const auto why = behind.receive(waiting);
  ASSERT_FALSE(why);
  EXPECT_EQ(why.error().code, ReceptionProblem::not_allowed);
  EXPECT_THAT(why.error().sentence, HasSubstr("has a field phone, the present one has not"));
  center.change(newer);
  Reception upgraded = center.reception();
  EXPECT_TRUE(upgraded.receive(waiting));
}

TEST_F(ReceptionTest, DoesNotTakeABatchBeforeTheOneItFollows) {
  const record::Batch first = center.batch(line("A"));
  const record::Batch second = center.batch(line("B"));
  EXPECT_EQ(refusal(second).code, ReceptionProblem::out_of_order);
  EXPECT_EQ(receive(first).sequence.value, 1U);
  EXPECT_EQ(receive(second).sequence.value, 2U);
}

TEST_F(ReceptionTest, AsksForTheBatchAgainLaterWhenItsStoreIsGone) {
  const record::Batch first = center.batch(line("A"));
  center.is_store_available = false;
  EXPECT_EQ(refusal(first).code, ReceptionProblem::unavailable);
  center.is_store_available = true;
  EXPECT_EQ(receive(first).rows.inserted.value, 1U);
  const record::Batch second = center.batch(line("B"));
  center.is_store_available = false;
  EXPECT_EQ(refusal(second).code, ReceptionProblem::unavailable);
}

}  // namespace
}  // namespace sluice::exchange::test
