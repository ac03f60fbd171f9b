"""Training in stages: encoders first, then all that follows them on stored vectors.

Three and a half thousand scenes are too few to teach an encoder and enough to be learned by heart. So the scene's
encoder comes from ImageNet and rests, a linear map says what each of its cells shows, the face's encoder is that of a
trained network, and attention, fusion and classifier learn on what both encoders say of every picture, which is
computed once: a training of them takes a minute.
"""
