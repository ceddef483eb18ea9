// A sender of its own journal, and the center that it converses with.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "link/sender.h"
#include "sending.h"
#include "sqlite/database.h"

namespace sluice::link::test {

class SenderTest : public testing::Test {
 protected:
  void append(int batches) {
    journal::Journal journal = desk.open();
    for (int i = 0; i < batches; ++i) {
      ASSERT_TRUE(
          journal.append(journal::test::origin(), journal::test::payload("row", 1), {}, {}));
    }
  }
  record::SignedReceipt receipt_for(const record::Batch& batch) const {
    return sign(journal::test::receipt_for(batch), desk.node.signer);
  }
  static record::SignedReceipt sign(const record::Receipt& receipt, const record::Signer& signer) {
    const std::string json = record::to_json(receipt);
    return {json, signer.sign(json)};
  }
  std::unique_ptr<Sender> sender(Conversation& conversation) {
    return sender_by(std::make_unique<ConversingLink>(conversation), conversation);
  }
  // Of a batch that is in the journal still.
  record::Digest digest_of(record::Sequence sequence) {
    auto file = sqlite::Database::open(desk.file()).value();
    auto select = file.prepare("SELECT manifest FROM batch WHERE sequence = ?1").value();
    select.bind(1, sequence.value);
    return select.step().value() ? record::sha256(select.text(0)) : record::Digest{};
  }
  // A center that has what the journal has receipts for.
  journal::LedgerPlace agreeing(const record::StreamId& stream) {
    const record::Sequence acknowledged = desk.open().status()->acknowledged;
    return {.head = {acknowledged, digest_of(acknowledged)},
            .latest = stream.epoch,
            .latest_sequence = acknowledged};
  }
  std::unique_ptr<Sender> sender_by(std::unique_ptr<Link> link, Conversation& conversation) {
    if (!conversation.has_ledger()) {
      conversation.set_ledger([this](const record::StreamId& stream) { return agreeing(stream); });
    }
    return std::make_unique<Sender>(
        desk.open(), std::move(link), ReceiptSigners{desk.keyring, {desk.node.signer.subject()}},
        SenderSurroundings{[this] { return desk.now; }, [] { return 0.0; }}, conversation.events());
  }
  std::uint64_t waiting() { return desk.open().status()->backlog.batches; }

  journal::test::Desk desk;
  record::Verifier verifier = desk.node.verifier();
  Conversation good{[this](const record::Batch& batch, int) { return receipt_for(batch); }};
};

}  // namespace sluice::link::test
