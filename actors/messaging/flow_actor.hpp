#pragma once

#include "actors/messaging/thread_sanitizer.hpp"

#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/mailbox_element.hpp>

#include <utility>

namespace sluice {

/// The base of all our actors. Unexpected messages answer an error instead of being printed. In
/// thread-sanitizer builds it tells the sanitizer what CAF's uninstrumented library synchronises: an enqueue
/// happens before the element's handler, and each run of an actor before the next. So no suppression needs to
/// name CAF, and races in our handlers are still found.
class flow_actor : public caf::event_based_actor {
public:
  explicit flow_actor(caf::actor_config& config) : caf::event_based_actor(config) {
    set_default_handler([](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
      return caf::sec::unexpected_message;
    });
  }

#ifdef SLUICE_TSAN
  void initialize() override {
    caf::event_based_actor::initialize();
    __tsan_release(this);
  }
  void on_destroy() override {
    __tsan_acquire(this);
    __tsan_acquire(&senders_);
    caf::event_based_actor::on_destroy();
  }
  bool cleanup(caf::error&& why, caf::execution_unit* host) override {
    // As the base does it, but for the acquire: what is left in the mailbox is destroyed here.
    if (!mailbox().closed()) {
      {
        const unobserved handing_over;
        mailbox().close();
      }
      __tsan_acquire(&senders_);
      caf::detail::sync_request_bouncer bounce{why};
      while (mailbox().queue().new_round(1000, bounce).consumed_items != 0) {
      }
    }
    return caf::event_based_actor::cleanup(std::move(why), host);
  }
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) override {
    __tsan_release(element.get());
    __tsan_release(&senders_);
    caf::event_based_actor::enqueue(std::move(element), host);
  }
  caf::invoke_message_result consume(caf::mailbox_element& element) override {
    __tsan_acquire(&element);
    const auto result = caf::event_based_actor::consume(element);
    // Here and not only after `resume`: that returns after another thread may have taken the actor over.
    __tsan_release(this);
    return result;
  }
  caf::resumable::resume_result resume(caf::execution_unit* host, size_t throughput) override {
    __tsan_acquire(this);
    const auto result = caf::event_based_actor::resume(host, throughput);
    __tsan_release(this);
    return result;
  }

private:
  /// Stands for the references that senders give up: their last use of this actor is before its destruction.
  char senders_ = 0;
#endif
};

} // namespace sluice
