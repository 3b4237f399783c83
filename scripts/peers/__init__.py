"""What a department could take instead, each as its own guide sets it up for Chinese.

`registry` names them. A module `with_NAME` has two functions:

    build(given)   make an index of `given.texts()` in the empty folder `given.folder`
    opened(given)  -> search(query, count) -> [(number of the text, score), …], best first

`worker` runs one of them in a process of its own, which speaks lines of JSON. The modules run in
the environments of the peers, so they import nothing of this project.
"""
