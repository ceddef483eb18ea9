#include "server/transport.h"

#include <algorithm>

#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "boost/awaited.h"

namespace sluice::server {
namespace {

namespace asio = boost::asio;

std::string address_text(const TlsStream& stream) {
  boost::system::error_code gone;
  const auto endpoint = stream.lowest_layer().remote_endpoint(gone);
  if (gone) return "unknown";
  const std::string address = endpoint.address().to_string();
  return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"), address,
                     endpoint.port());
}

void report_refusal(TlsStream& stream, Service& service, const std::string& address,
                    const boost::system::error_code& error) {
  const bool is_tls = error.category() == asio::error::ssl_category;
  const unsigned code = is_tls ? static_cast<unsigned>(error.value()) : 0;
  const trust::CertificateRefusal refused = trust::refusal(stream.native_handle(), code);
  service.around.metrics.tls_refused(refused.reason).Increment();
  // A port scan or a probe that went away is no attempt at anything.
  if (refused.reason == "handshake") {
    service.around.log.write<"tls-handshake-failed">(
        {{"address", address}, {"error", error.message()}});
    return;
  }
  const bool first =
      service.around.denials.note({"certificate-refused", refused.subject,
                                   address.substr(0, address.rfind(':')), refused.reason});
  if (first) {
    service.around.log.write<"certificate-refused">(
        {{"reason", refused.reason}, {"subject", refused.subject}, {"address", address}});
  }
}

}  // namespace

void recognise(Introduction& introduction, const Offered& offered) {
  introduction.known_by = offered.number;
  if (!introduction.proof) return;
  const trust::PeerCertificate& certificate = *introduction.proof;
  introduction.expires = certificate.expires;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto* known = offered.offer.directory.find(certificate, now);
  introduction.welcome = known != nullptr;
  introduction.peer.caller = trust::Stranger{};
  if (known == nullptr) return;
  introduction.peer.caller =
      std::visit([](const auto& id) { return trust::Caller(id); }, known->holder);
  if (const auto& until = known->name.until) {
    introduction.expires =
        std::min(certificate.expires, std::chrono::floor<std::chrono::seconds>(*until));
  }
}

asio::awaitable<std::optional<Introduction>> introduce(TlsStream& stream, Service& service) {
  std::string address = address_text(stream);
  const auto [error] = co_await stream.async_handshake(TlsStream::server, awaited);
  if (error) {
    report_refusal(stream, service, address, error);
    co_return std::nullopt;
  }
  Introduction introduction;
  if (service.proof == Audience::Proof::none) {
    introduction.peer.caller = trust::Visitor{address.substr(0, address.rfind(':'))};
    introduction.peer.address = std::move(address);
    introduction.peer.presented = trust::presented_certificate(stream.native_handle());
    if (const auto& good = introduction.peer.presented.good) introduction.expires = good->expires;
    co_return introduction;
  }
  introduction.proof = trust::peer_certificate(stream.native_handle());
  introduction.peer.address = std::move(address);
  introduction.peer.subject = introduction.proof->subject;
  recognise(introduction, *service.offered());
  co_return introduction;
}

asio::awaitable<std::optional<Introduction>> introduce(LocalStream& stream, Service&) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(stream.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    co_return std::nullopt;
  }
  Introduction introduction;
  introduction.peer.caller = trust::Operator{};
  introduction.peer.subject = fmt::format("uid={}", credentials.uid);
  co_return introduction;
}

asio::awaitable<void> say_goodbye(TlsStream& stream) {
  // As if the peer's goodbye had come: then ours is sent, and nothing is waited for.
  SSL_set_shutdown(stream.native_handle(), SSL_RECEIVED_SHUTDOWN);
  co_await stream.async_shutdown(awaited);  // the stream ends, whether the peer hears it or not
  boost::system::error_code gone;
  stream.lowest_layer().shutdown(asio::socket_base::shutdown_send, gone);
}

asio::awaitable<void> say_goodbye(LocalStream& stream) {
  boost::system::error_code gone;
  stream.shutdown(asio::socket_base::shutdown_send, gone);
  co_return;
}

}  // namespace sluice::server
