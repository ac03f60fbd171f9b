"""Training in stages, for encoders that know ImageNet: the face's branch, then all that follows on stored vectors.

Three and a half thousand scenes are too few to teach an encoder and enough to be learned by heart. So the scene's
encoder rests, a linear map says what each of its cells shows, and attention, fusion and classifier learn on what both
encoders say of every picture, which is computed once: a training of them takes a minute.
"""
