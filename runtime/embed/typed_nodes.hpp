#pragma once

#include "model/node/node.hpp"
#include "runtime/embed/typed_port.hpp"

#include <optional>
#include <type_traits>
#include <utility>

namespace sluice::detail {

/// Calls `function` with the payload of `in`: to read it if that is enough, else to have it.
template <class Payload, class Function>
decltype(auto) call_with_payload(Function& function, message& in) {
  if constexpr (function_of_payload<Payload, Function>::reads)
    return function(in.get<Payload>());
  else
    return function(in.take<Payload>());
}

template <class Payload, class Function>
using result_for =
    std::decay_t<decltype(call_with_payload<Payload>(std::declval<Function&>(), std::declval<message&>()))>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// What `Function` generates.
template <class Function>
struct function_of_generate {
  static constexpr bool callable = std::is_invocable_v<Function&>;
  static_assert(callable, "sluice: the function of generate takes no parameters");
  using result = std::remove_cv_t<
      typename std::conditional_t<callable, std::invoke_result<Function&>, std::type_identity<void>>::type>;
  static_assert(!callable || is_optional<result>,
                "sluice: the function of generate returns a std::optional, which is empty at the end");
  static_assert(std::is_copy_constructible_v<Function>,
                "sluice: a node's function is copied for each start; capture what cannot be copied by "
                "std::shared_ptr");
  // Nothing follows from a function that was refused.
  using carried = typename std::conditional_t<is_optional<result>, result, std::optional<int>>::value_type;
};

/// Emits what its function makes of each payload.
template <class Payload, class Function>
class map_node final : public node {
public:
  explicit map_node(Function function) : function_(std::move(function)) {}
  void on_message(node_context& context, std::size_t, message& in) override {
    auto made = call_with_payload<Payload>(function_, in);
    context.emit(0, in.with(std::move(made)));
  }

private:
  Function function_;
};

/// Passes on the messages for whose payload its function says true.
template <class Payload, class Function>
class filter_node final : public node {
public:
  explicit filter_node(Function function) : function_(std::move(function)) {}
  void on_message(node_context& context, std::size_t, message& in) override {
    if (function_(in.get<Payload>()))
      context.emit(0, std::move(in));
  }

private:
  Function function_;
};

/// Gives each payload to its function.
template <class Payload, class Function>
class sink_node final : public node {
public:
  explicit sink_node(Function function) : function_(std::move(function)) {}
  void on_message(node_context&, std::size_t, message& in) override {
    call_with_payload<Payload>(function_, in);
  }

private:
  Function function_;
};

/// Emits what its function returns, until that is nothing.
template <class Function>
class generator_node final : public node {
public:
  explicit generator_node(Function function) : function_(std::move(function)) {}
  produce_result produce(node_context& context, std::size_t room) override {
    for (std::size_t i = 0; i < room; ++i) {
      auto next = function_();
      if (!next)
        return produce_result::done;
      context.emit(0, std::move(*next));
    }
    return produce_result::more;
  }

private:
  Function function_;
};

} // namespace sluice::detail
