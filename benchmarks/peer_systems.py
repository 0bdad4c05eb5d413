"""Retrieval by other packages and by this one, each behind the same three acts: built, asked, and opened again.

All of them encode with the same folder of the default embedding model, offline, as their documentation shows it, and
with their own defaults. What a package needs is imported when it is used.
"""

# Peers are heavy, and only one of them is used in a process.
# ruff: noqa: PLC0415

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from qa_bot.models.bundled import DEFAULT_MODEL, find_model

DEPTH = 10


@dataclass(frozen=True, slots=True)
class PeerPassage:
    """What is indexed: its id, its title and its text."""

    id: str
    title: str
    text: str

    @property
    def titled(self) -> str:
        """The title and the text, as all systems are given them."""
        return f"{self.title}\n{self.text}"


class PeerSystem(Protocol):
    """A way to find passages."""

    def load(self) -> None:
        """The model is in memory."""
        ...

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> float | None:
        """The passages can be found; what is kept on disk is in the folder.

        What comes back are the seconds of it that went into preparing a model, where any did.
        """
        ...

    def open(self, folder: Path) -> None:
        """What was built before can be asked, in another process."""
        ...

    def find(self, question: str) -> list[str]:
        """The ids of at most ten passages, best first."""
        ...


class SentenceTransformersFaiss:
    """sentence-transformers and a flat FAISS index, as a script of twenty lines would have it."""

    def load(self) -> None:
        """The model is in memory."""
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(find_model(DEFAULT_MODEL), device="cpu")

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> None:
        """Vectors in FAISS, ids beside them."""
        import faiss

        vectors = self._model.encode([one.titled for one in passages], normalize_embeddings=True)
        self._index: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        self._ids = [one.id for one in passages]
        faiss.write_index(self._index, str(folder / "vectors.faiss"))
        (folder / "ids.json").write_text(json.dumps(self._ids), encoding="utf-8")

    def open(self, folder: Path) -> None:
        """Model, vectors and ids."""
        import faiss

        self.load()
        self._index = faiss.read_index(str(folder / "vectors.faiss"))
        self._ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def find(self, question: str) -> list[str]:
        """By cosine."""
        _, rows = self._index.search(self._model.encode([question], normalize_embeddings=True), DEPTH)
        return [self._ids[row] for row in rows[0] if row >= 0]


class Txtai:
    """txtai's embeddings database; with `hybrid`, its BM25 beside the vectors."""

    def __init__(self, *, hybrid: bool) -> None:
        self._hybrid = hybrid

    def load(self) -> None:
        """The model is in memory."""
        from txtai import Embeddings

        self._embeddings = Embeddings(path=find_model(DEFAULT_MODEL), hybrid=self._hybrid, gpu=False)

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> None:
        """Its own index, saved."""
        self._embeddings.index([(one.id, one.titled, None) for one in passages])
        self._embeddings.save(str(folder / "txtai"))

    def open(self, folder: Path) -> None:
        """Its own index, loaded."""
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(str(folder / "txtai"))

    def find(self, question: str) -> list[str]:
        """By its own score."""
        return [found for found, _ in self._embeddings.search(question, DEPTH)]


class LangChain:
    """LangChain's FAISS store; with `ensemble`, its BM25 retriever and the store in equal parts."""

    def __init__(self, *, ensemble: bool) -> None:
        self._ensemble = ensemble

    def load(self) -> None:
        """The model is in memory."""
        from langchain_huggingface import HuggingFaceEmbeddings

        self._model = HuggingFaceEmbeddings(model_name=find_model(DEFAULT_MODEL), model_kwargs={"device": "cpu"})

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> None:
        """Vectors in its store, which is saved; BM25 is kept in memory."""
        from langchain_community.vectorstores import FAISS

        texts, ids = [one.titled for one in passages], [{"id": one.id} for one in passages]
        store = FAISS.from_texts(texts, self._model, metadatas=ids)
        store.save_local(str(folder / "langchain"))
        self._retriever = store.as_retriever(search_kwargs={"k": DEPTH})
        if self._ensemble:
            from langchain_classic.retrievers import EnsembleRetriever
            from langchain_community.retrievers import BM25Retriever

            words = BM25Retriever.from_texts(texts, metadatas=ids, k=DEPTH)
            self._retriever = EnsembleRetriever(retrievers=[words, self._retriever], weights=[0.5, 0.5])

    def open(self, folder: Path) -> None:
        """The store; the ensemble has nothing that is kept on disk."""
        from langchain_community.vectorstores import FAISS

        self.load()
        store = FAISS.load_local(str(folder / "langchain"), self._model, allow_dangerous_deserialization=True)
        self._retriever = store.as_retriever(search_kwargs={"k": DEPTH})

    def find(self, question: str) -> list[str]:
        """As its retriever orders them."""
        return [document.metadata["id"] for document in self._retriever.invoke(question)][:DEPTH]


class HaystackWords:
    """Haystack's BM25 over its document store in memory."""

    def load(self) -> None:
        """Nothing: it needs no model."""

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> None:
        """Its store, saved."""
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore()
        store.write_documents([Document(id=one.id, content=one.titled) for one in passages])
        store.save_to_disk(str(folder / "haystack.json"))
        self._retrieve(store)

    def open(self, folder: Path) -> None:
        """Its store, loaded."""
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self._retrieve(InMemoryDocumentStore.load_from_disk(str(folder / "haystack.json")))

    def find(self, question: str) -> list[str]:
        """By BM25."""
        return [document.id for document in self._retriever.run(query=question)["documents"]]

    def _retrieve(self, store: Any) -> None:
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever

        self._retriever = InMemoryBM25Retriever(store, top_k=DEPTH)


class HaystackVectors:
    """Haystack's embedding retriever over its document store in memory."""

    def load(self) -> None:
        """The model is in memory, for documents and for questions."""
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        model = find_model(DEFAULT_MODEL)
        self._documents = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
        self._questions = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
        self._documents.warm_up()
        self._questions.warm_up()

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> None:
        """Documents with their vectors in its store, saved."""
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        documents = [Document(id=one.id, content=one.titled) for one in passages]
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(self._documents.run(documents)["documents"])
        store.save_to_disk(str(folder / "haystack.json"))
        self._retrieve(store)

    def open(self, folder: Path) -> None:
        """Model and store."""
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self.load()
        self._retrieve(InMemoryDocumentStore.load_from_disk(str(folder / "haystack.json")))

    def find(self, question: str) -> list[str]:
        """By cosine."""
        vector = self._questions.run(question)["embedding"]
        return [document.id for document in self._retriever.run(query_embedding=vector)["documents"]]

    def _retrieve(self, store: Any) -> None:
        from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever

        self._retriever = InMemoryEmbeddingRetriever(store, top_k=DEPTH)


class QABot:
    """The project itself: without the reader, passages as its search orders them; with it, by their support."""

    def __init__(self, *, read: bool) -> None:
        self._read = read

    def load(self) -> None:
        """Nothing: the model is a part of the index."""

    def build(self, passages: Sequence[PeerPassage], folder: Path) -> float:
        """An index of articles of one passage each, opened; back come the seconds of exporting the model."""
        from qa_bot.evaluation.speed import build_anew

        corpus = folder / "corpus"
        corpus.mkdir(exist_ok=True)
        with (corpus / "passages.jsonl").open("w", encoding="utf-8") as file:
            for one in passages:
                file.write(json.dumps({"id": one.id, "title": one.title, "text": one.text}) + "\n")
        built = build_anew(corpus, folder / "index", model=DEFAULT_MODEL, precision="int8")
        self.open(folder)
        return built.seconds - built.passages / built.rate

    def open(self, folder: Path) -> None:
        """The index."""
        from qa_bot.evaluation.speed import open_without_reader
        from qa_bot.pipeline import Pipeline

        self._pipeline = Pipeline.open(folder / "index") if self._read else open_without_reader(folder / "index")

    def find(self, question: str) -> list[str]:
        """The articles of the evidence, or of the hits, each once."""
        evidence = self._pipeline.ask(question).evidence
        return list(dict.fromkeys(one.hit.passage.article.id for one in evidence))[:DEPTH]


SYSTEMS: dict[str, PeerSystem] = {
    "sentence-transformers + FAISS": SentenceTransformersFaiss(),
    "txtai, dense": Txtai(hybrid=False),
    "txtai, hybrid": Txtai(hybrid=True),
    "LangChain, FAISS": LangChain(ensemble=False),
    "LangChain, BM25 + FAISS": LangChain(ensemble=True),
    "Haystack, BM25": HaystackWords(),
    "Haystack, embedding": HaystackVectors(),
    "qa-bot, without the reader": QABot(read=False),
    "qa-bot": QABot(read=True),
}
