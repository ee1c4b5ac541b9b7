#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "rasp/elaborator.h"
#include "rasp/hints.h"

namespace rasp {

using K = BuildValue::Kind;

void raise(Failure f, Span span) {
  if (f.hint.empty()) f.hint = usual_hint(f.code);
  throw Rejection{
      {Severity::Error, std::move(f.code), std::move(f.error_class), std::move(f.message), span, std::move(f.hint)}};
}
void raise(std::string code, std::string error_class, std::string message, Span span, std::string hint, Fix fix) {
  if (hint.empty()) hint = usual_hint(code);
  throw Rejection{{Severity::Error, std::move(code), std::move(error_class), std::move(message), span, std::move(hint),
                   std::move(fix)}};
}

BuildValueRef atom(Value value) {
  auto v = std::make_shared<BuildValue>();
  v->atom = std::move(value);
  return v;
}

BuildValueRef list(std::vector<BuildValueRef> items) {
  auto v = std::make_shared<BuildValue>();
  v->kind = K::List;
  for (const auto& item : items) v->nesting = std::max(v->nesting, item->nesting + 1);
  v->items = std::move(items);
  return v;
}

bool truthy(const BuildValue& v) {
  switch (v.kind) {
    case K::Atom: return v.atom.truthy();
    case K::List:
    case K::Dict: return !v.items.empty();
    default: return true;
  }
}

std::string kind_of(const BuildValue& v) {
  switch (v.kind) {
    case K::Atom:
      switch (v.atom.kind()) {
        case Kind::Int: return "the int " + cut(v.atom.repr(), 24);
        case Kind::Float: return "the float " + v.atom.repr();
        case Kind::Bool: return v.atom.repr();
        default: return "the string \"" + cut(v.atom.text(), 24) + "\"";
      }
    case K::List: return "a list";
    case K::Dict: return "a dictionary";
    case K::SOp: return "an s-op";
    case K::Selector: return "a selector";
    case K::Function: return "the function " + v.function_name;
    default: return "the result of an application";
  }
}

bool same(const BuildValue& a, const BuildValue& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case K::Atom: return equal(a.atom, b.atom);
    case K::List:
      if (a.items.size() != b.items.size()) return false;
      for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!same(*a.items[i], *b.items[i])) return false;
      }
      return true;
    case K::Dict:
      if (a.items.size() != b.items.size()) return false;
      for (std::size_t i = 0; i < a.keys.size(); ++i) {
        const auto it = b.index->find(key_text(a.keys[i]));
        if (it == b.index->end() || !same(*a.items[i], *b.items[it->second])) return false;
      }
      return true;
    case K::SOp:
    case K::Selector: return a.node == b.node;
    case K::Function: return a.closure == b.closure && a.function_name == b.function_name;
    default: return false;
  }
}

std::string key_text(const Value& key) {
  if (key.is_string()) return "s" + key.text();
  if (key.kind() != Kind::Float) return "n" + key.big().to_string();
  const double d = key.number();
  if (std::isfinite(d) && d == std::trunc(d)) return "n" + BigInt::from_double(d).to_string();
  return "f" + key.repr();
}

void insert(BuildValue& dictionary, const Value& key, BuildValueRef value) {
  if (!dictionary.index) dictionary.index = std::make_shared<std::unordered_map<std::string, std::size_t>>();
  dictionary.nesting = std::max(dictionary.nesting, value->nesting + 1);
  const auto [it, fresh] = dictionary.index->try_emplace(key_text(key), dictionary.keys.size());
  if (!fresh) {
    dictionary.items[it->second] = std::move(value);
    return;
  }
  dictionary.keys.push_back(key);
  dictionary.items.push_back(std::move(value));
}

namespace {

const char* symbol(Op op) {
  static constexpr std::array<const char*, 12> names = {"+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">="};
  return names[static_cast<std::size_t>(op)];
}

[[noreturn]] void bad_operands(Op op, const BuildValue& a, const BuildValue& b, Span span) {
  raise("operand-type", "operand_type",
        std::string("\"") + symbol(op) + "\" cannot combine " + kind_of(a) + " with " + kind_of(b), span);
}

// Lexicographic comparison of lists, as the host's: the first pair that differs decides.
BuildValueRef compare_lists(Op op, const BuildValue& a, const BuildValue& b, const Limits& limits, Span span) {
  const std::size_t n = std::min(a.items.size(), b.items.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (!same(*a.items[i], *b.items[i])) return combine(op, a.items[i], b.items[i], limits, span);
  }
  const auto size = [](const BuildValue& v) { return Value::integer(static_cast<std::int64_t>(v.items.size())); };
  return atom(std::get<Value>(rasp::apply(op, std::array{size(a), size(b)})));
}

}  // namespace

BuildValueRef combine(Op op, const BuildValueRef& a, const BuildValueRef& b, const Limits& limits, Span span) {
  if (op == Op::Eq || op == Op::Ne) return atom(Value::boolean(same(*a, *b) == (op == Op::Eq)));
  if (a->kind == K::Atom && b->kind == K::Atom) {
    Outcome outcome = rasp::apply(op, std::array{a->atom, b->atom});
    if (auto* failure = std::get_if<Failure>(&outcome)) raise(std::move(*failure), span);
    return atom(std::get<Value>(std::move(outcome)));
  }
  const auto too_large = [&] {
    raise("limit-collection", "limit",
          "A list would have more than " + std::to_string(limits.collection_size) + " items", span, "Make it smaller.");
  };
  if (op == Op::Add && a->kind == K::List && b->kind == K::List) {
    if (a->items.size() + b->items.size() > limits.collection_size) too_large();
    std::vector<BuildValueRef> items = a->items;
    items.insert(items.end(), b->items.begin(), b->items.end());
    return list(std::move(items));
  }
  if (op == Op::Mul && (a->kind == K::List || b->kind == K::List)) {
    const BuildValue& items = a->kind == K::List ? *a : *b;
    const BuildValue& times = a->kind == K::List ? *b : *a;
    if (times.kind != K::Atom || times.atom.is_string() || times.atom.kind() == Kind::Float)
      bad_operands(op, *a, *b, span);
    const BigInt count = times.atom.big();
    if (count.is_negative() || count.is_zero() || items.items.empty()) return list({});
    if (!count.fits_int64() ||
        static_cast<std::uint64_t>(count.to_int64()) > limits.collection_size / items.items.size())
      too_large();
    std::vector<BuildValueRef> result;
    for (std::int64_t i = 0; i < count.to_int64(); ++i)
      result.insert(result.end(), items.items.begin(), items.items.end());
    return list(std::move(result));
  }
  if (a->kind == K::List && b->kind == K::List && op >= Op::Lt && op <= Op::Ge)
    return compare_lists(op, *a, *b, limits, span);
  bad_operands(op, *a, *b, span);
}

}  // namespace rasp
